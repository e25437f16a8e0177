import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient, Contact } from '../../src/chat-client.ts';
import { REQUEST_MESSAGES_MAX, REQUESTS_MAX } from '../../src/contact-requests.ts';
import { type FakeServer, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, lines, type People, states } from '../people.ts';
import { QUICK } from '../quick.ts';

/** Bob, who holds what strangers write; Mallory, a stranger; Carol, to whom he has written. */
let server: FakeServer;
let people: People;
let bob: ChatClient;
let mallory: ChatClient;
let carol: ChatClient;
beforeEach(async () => {
  server = await startFakeServer({ modern: true, streaming: true });
  people = await gatherPeople(() => server.url, 'hold');
  [bob, mallory, carol] = await Promise.all([
    people.join('bob'),
    people.join('mallory'),
    people.join('carol'),
  ]);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const of = (client: ChatClient, name: string): Contact | undefined =>
  client.contacts().find(({ username }) => username === name);

const write = async (...texts: string[]): Promise<void> => {
  for (const text of texts) mallory.send('bob', text);
  await eventually(() => expect(mallory.status('bob').queued).toBe(0));
};

/** What Bob has had until now is dealt with: what Carol writes next is answered. */
let turn = 0;
const bobHasTold = async (): Promise<void> => {
  turn += 1;
  if (of(bob, 'carol')?.lastMessageAt === null) bob.send('carol', 'hello');
  carol.send('bob', `turn ${turn}`);
  await eventually(() => expect(states(carol, 'bob')).toContain(`delivered turn ${turn}`));
};

/** Records of Bob's that Mallory has got: of any kind. */
const told = (): string[] =>
  server.requests.flatMap(({ path }) => (path.startsWith('/chat/mallory/') ? [path] : [])).filter(isRecord);
const isRecord = (path: string): boolean => /\/(send|keyexchange|ephemeral)$/.test(path);

describe('who writes first', () => {
  it('is a request: the message is kept, and nothing says that it came, was read, or that anybody is here', async () => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')).toMatchObject({ request: true, unread: 1 }));
    expect(lines(bob, 'mallory')).toEqual(['received hello']);
    bob.markRead('mallory');
    bob.setTyping('mallory', true);
    await bobHasTold();
    expect(of(bob, 'mallory')).toMatchObject({ request: true, unread: 0 });
    expect(states(mallory, 'bob')).toEqual(['sent hello']);
    expect(told()).toEqual([]);
  });

  it('is not seen typing', async () => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    mallory.setTyping('bob', true);
    await eventually(() => expect(server.requests.map(({ path }) => path)).toContain('/chat/bob/ephemeral'));
    await bobHasTold();
    expect(of(bob, 'mallory')?.typing).toBe(false);
  });

  it('is a contact once accepted, and told what came and what of that was read', async () => {
    await write('one', 'two');
    await eventually(() => expect(lines(bob, 'mallory')).toEqual(['received one', 'received two']));
    bob.acceptRequest('mallory');
    await eventually(() => expect(states(mallory, 'bob')).toEqual(['delivered one', 'delivered two']));
    expect(of(bob, 'mallory')).toMatchObject({ request: false, unread: 2 });
    bob.markRead('mallory');
    await eventually(() => expect(states(mallory, 'bob')).toEqual(['read one', 'read two']));
    expect(() => bob.acceptRequest('mallory')).toThrow('There is no request of mallory');
  });

  it('is a request over restarts', async () => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    await bob.close();
    bob = await people.back('bob');
    expect(of(bob, 'mallory')).toMatchObject({ request: true, unread: 1 });
    await bobHasTold();
    expect(states(mallory, 'bob')).toEqual(['sent hello']);
  });

  it('stays one who is looked at, compared, muted or looked for by name', async () => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    await bob.safetyNumber('mallory');
    bob.setVerified('mallory', true);
    bob.setMarks('mallory', { muted: true });
    expect(await bob.addContact('mallory')).toMatchObject({ request: true });
    await bobHasTold();
    expect(told()).toEqual([]);
  });

  it.each([
    ['an answer', (id: number) => bob.reply('mallory', id, 'who are you?')],
    ['a message', () => bob.send('mallory', 'who are you?')],
    ['a reaction', (id: number) => bob.react('mallory', id, '👍')],
    ['a timer', () => bob.setTimer('mallory', 3_600)],
  ])('is accepted by %s', async (_, act) => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    act(bob.messages('mallory', { limit: 1 })[0]?.id ?? 0);
    expect(of(bob, 'mallory')?.request).toBe(false);
    await eventually(() => expect(states(mallory, 'bob')[0]).toBe('delivered hello'));
  });

  it('is none when the person has written, or has added the name, before', async () => {
    bob.send('mallory', 'hello');
    await eventually(() => expect(lines(mallory, 'bob')).toEqual(['received hello']));
    mallory.send('bob', 'hello too');
    await eventually(() => expect(states(mallory, 'bob').at(-1)).toBe('delivered hello too'));
    expect(of(bob, 'mallory')?.request).toBe(false);
    const dave = await people.join('dave');
    await bob.addContact('dave');
    dave.send('bob', 'hello');
    await eventually(() => expect(states(dave, 'bob')).toEqual(['delivered hello']));
    expect(of(bob, 'dave')?.request).toBe(false);
  });

  it('is accepted at once where a program wants it, with those that were held before', async () => {
    await write('one');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    await bob.close();
    const bot = await people.back('bob', {}, 'accept');
    await eventually(() => expect(states(mallory, 'bob')).toEqual(['delivered one']));
    const dave = await people.join('dave');
    dave.send('bob', 'hello');
    await eventually(() => expect(states(dave, 'bob')).toEqual(['delivered hello']));
    expect(bot.contacts().filter(({ request }) => request)).toEqual([]);
  });

  it('and has another identity then makes no noise with it', async () => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    await mallory.renewIdentity();
    mallory.send('bob', 'hello again');
    await bob.safetyNumber('mallory');
    expect(of(bob, 'mallory')).toMatchObject({ request: true, protection: 'changed' });
    expect(bob.warnings()).toEqual([]);
    expect(() => bob.send('mallory', 'x')).toThrow('The identity of mallory has changed');
    expect(of(bob, 'mallory')?.request).toBe(true);
  });

  it('under wire contract v1 is a request, too', async () => {
    server.deliverMessage('bob', { sender: 'old', message: 'who can read this?' });
    await eventually(() => expect(of(bob, 'old')).toMatchObject({ request: true, unread: 1 }));
  });
});

describe('a request that is declined', () => {
  it('is gone with its messages; a later message is a request again, and of the earlier ones nothing is told', async () => {
    await write('one', 'two');
    await eventually(() => expect(lines(bob, 'mallory')).toHaveLength(2));
    bob.markRead('mallory');
    bob.declineRequest('mallory');
    expect(of(bob, 'mallory')).toMatchObject({ request: false, unread: 0, lastMessageAt: null });
    expect(bob.messages('mallory', { limit: 9 })).toEqual([]);
    expect(() => bob.declineRequest('mallory')).toThrow('There is no request of mallory');
    await write('three');
    await eventually(() => expect(of(bob, 'mallory')).toMatchObject({ request: true, unread: 1 }));
    bob.acceptRequest('mallory');
    await eventually(() =>
      expect(states(mallory, 'bob')).toEqual(['sent one', 'sent two', 'delivered three']),
    );
    expect(lines(bob, 'mallory')).toEqual(['received three']);
    expect(bob.status('mallory').missing).toBe(0);
  });
});

describe('a request that is blocked', () => {
  it('is none; once unblocked it waits again', async () => {
    await write('hello');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    bob.setMarks('mallory', { blocked: true });
    expect(of(bob, 'mallory')?.request).toBe(false);
    await write('more');
    await bobHasTold();
    bob.setMarks('mallory', { blocked: false });
    expect(of(bob, 'mallory')?.request).toBe(true);
    expect(lines(bob, 'mallory')).toEqual(['received hello']);
    expect(told()).toEqual([]);
  });
});

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index + 1}`);

describe('what a request may hold', () => {
  it(`is ${REQUEST_MESSAGES_MAX} messages: what is beyond is never delivered, and asked for when it is accepted`, async () => {
    const texts = many(REQUEST_MESSAGES_MAX + 5);
    await write(...texts);
    await eventually(() => expect(of(bob, 'mallory')?.notKept).toBe(5));
    expect(lines(bob, 'mallory')).toEqual(
      texts.slice(0, REQUEST_MESSAGES_MAX).map((text) => `received ${text}`),
    );
    bob.acceptRequest('mallory');
    expect(of(bob, 'mallory')?.notKept).toBe(0);
    await eventually(() => expect(lines(bob, 'mallory')).toEqual(texts.map((text) => `received ${text}`)));
    await eventually(() =>
      expect(states(mallory, 'bob').filter((line) => line.startsWith('delivered'))).toHaveLength(
        texts.length,
      ),
    );
  });

  it('is not asked for when it is declined', async () => {
    await write(...many(REQUEST_MESSAGES_MAX + 2));
    await eventually(() => expect(of(bob, 'mallory')?.notKept).toBe(2));
    bob.declineRequest('mallory');
    await write('later');
    await eventually(() => expect(lines(bob, 'mallory')).toEqual(['received later']));
    bob.acceptRequest('mallory');
    await eventually(() => expect(states(mallory, 'bob').at(-1)).toBe('delivered later'));
    expect(bob.status('mallory').missing).toBe(0);
    expect(lines(bob, 'mallory')).toEqual(['received later']);
  });

  it('of wire contract v1 is lost beyond, which is counted and said', async () => {
    for (let index = 0; index < REQUEST_MESSAGES_MAX + 3; index += 1)
      server.deliverMessage('bob', { sender: 'old', message: `${index}` });
    await eventually(() => expect(of(bob, 'old')?.notKept).toBe(3));
    bob.acceptRequest('old');
    expect(lines(bob, 'old').at(-1)).toBe(
      'note 3 more messages of old came before you accepted, and could not be kept. Ask old for what is not here.',
    );
    expect(bob.messages('old', { limit: 99 })).toHaveLength(REQUEST_MESSAGES_MAX + 1);
  });
});

describe('requests', () => {
  const fill = async (): Promise<void> => {
    for (let index = 0; index < REQUESTS_MAX; index += 1)
      server.deliverMessage('bob', { sender: `old${index}`, message: 'hello' });
    await eventually(() =>
      expect(bob.contacts().filter(({ request }) => request)).toHaveLength(REQUESTS_MAX),
    );
  };

  it(`are ${REQUESTS_MAX} at most: the person is told, and whoever is beyond comes in when there is room, with all of it`, async () => {
    await bob.close();
    // New keys are looked up, and what is lost is asked for, without the usual pauses.
    bob = await people.back('bob', { timing: { ...QUICK.timing, heartbeatMs: 20, upkeepMs: 20 } });
    await fill();
    await write('one');
    await eventually(() => expect(bob.warnings()).toHaveLength(1));
    expect(bob.warnings()[0]).toContain(`${REQUESTS_MAX} people who are no contacts of yours wait`);
    expect(bob.messages('mallory', { limit: 9 })).toEqual([]);
    expect(of(bob, 'mallory')?.request).toBe(false);
    bob.declineRequest('old7');
    await write('two');
    await eventually(() => expect(of(bob, 'mallory')?.request).toBe(true));
    bob.acceptRequest('mallory');
    await eventually(() => expect(lines(bob, 'mallory')).toContain('received two'));
    await eventually(() => expect(lines(bob, 'mallory')).toContain('received one'));
    await eventually(() =>
      expect(states(mallory, 'bob').slice(0, 2)).toEqual(['delivered one', 'delivered two']),
    );
  });

  it('that are too many keep nobody away who is a contact', async () => {
    bob.send('mallory', 'hello');
    await eventually(() => expect(lines(mallory, 'bob')).toEqual(['received hello']));
    await fill();
    mallory.send('bob', 'hello too');
    await eventually(() => expect(states(mallory, 'bob').at(-1)).toBe('delivered hello too'));
    expect(bob.warnings()).toEqual([]);
  });
});
