import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient, MessageState } from '../../src/chat-client.ts';
import { posted } from '../e2ee/people.ts';
import { type FakeServer, failed, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, type People, states } from '../people.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
let bob: ChatClient;
beforeEach(async () => {
  server = await startFakeServer({ modern: true, streaming: true });
  people = await gatherPeople(() => server.url);
  [alice, bob] = await Promise.all([people.join('alice'), people.join('bob')]);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

/** The states that Alice's messages to Bob go through, by text. */
function watch(client: ChatClient): Map<string, MessageState[]> {
  const seen = new Map<string, MessageState[]>();
  client.on((event) => {
    if (event.kind !== 'message' || event.message.sender !== client.username) return;
    const { text, state } = event.message;
    const before = seen.get(text) ?? [];
    if (before.at(-1) !== state) seen.set(text, [...before, state]);
  });
  return seen;
}

describe('a message', () => {
  it('is queued, sent, delivered when it is stored, and read when it was seen', async () => {
    const seen = watch(alice);
    alice.send('bob', 'hello');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered hello']));
    bob.markRead('alice');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['read hello']));
    expect(seen.get('hello')).toEqual(['queued', 'sent', 'delivered', 'read']);
  });

  it('is told of though messages go on without a pause', async () => {
    let sent = 0;
    while (!states(alice, 'bob').some((line) => line.startsWith('delivered'))) {
      expect(sent).toBeLessThan(1_000);
      alice.send('bob', `${sent}`);
      sent += 1;
      await eventually(() => expect(states(bob, 'alice')).toHaveLength(sent));
    }
  });

  it('is sent, and not delivered, while the contact is away', async () => {
    alice.send('bob', 'first');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered first']));
    await bob.close();
    alice.send('bob', 'second');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered first', 'sent second']));
    await people.back('bob');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered first', 'delivered second']));
  });

  it('is queued, over restarts, while the server is away, and then goes with the same bytes', async () => {
    server.setFault((path) => (path === '/chat/bob/send' ? 'after' : null));
    alice.send('bob', 'again and again');
    await eventually(() => expect(posted(server, 'send').length).toBeGreaterThan(2));
    expect(states(alice, 'bob')).toEqual(['queued again and again']);
    await alice.close();
    server.setFault(() => null);
    const back = await people.back('alice');
    await eventually(() => expect(states(back, 'bob')).toEqual(['delivered again and again']));
    const toBob = posted(server, 'send').filter(({ id }) => id === posted(server, 'send')[0]?.id);
    expect(new Set(toBob.map(({ message }) => message)).size).toBe(1);
    expect(toBob.length).toBeGreaterThan(2);
    expect(states(bob, 'alice')).toEqual(['received again and again']);
  });

  it('is not given up for an answer of something in between, the page of a hotel', async () => {
    let pages = 2;
    server.setFault((path) =>
      path === '/chat/bob/send' && pages-- > 0 ? { status: 403, body: '<html>blocked' } : null,
    );
    alice.send('bob', 'through');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered through']));
  });

  it('that failed keeps its number: no other message counts as delivered in its place', async () => {
    server.setFault((path) => (path === '/chat/bob/send' ? failed('bad_request') : null));
    alice.send('bob', 'first');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['failed first']));
    server.setFault(() => null);
    server.setLoss((to, { verb }) => to === 'bob' && verb === 'send');
    alice.send('bob', 'swallowed');
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('sent swallowed'));
    server.setLoss(() => false);
    alice.send('bob', 'third');
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('delivered third'));
    expect(states(alice, 'bob')).toEqual(['failed first', 'sent swallowed', 'delivered third']);
    expect(alice.status('bob')).toMatchObject({ complete: false });
  });

  it('to one contact goes though what is sent to another takes the connection down', async () => {
    await people.join('carol');
    server.setFault((path) => (path === '/chat/bob/send' ? 'cut' : null));
    alice.send('bob', 'cut off');
    alice.send('carol', 'through');
    await eventually(() => expect(states(alice, 'carol')).toEqual(['delivered through']));
    expect(states(alice, 'bob')).toEqual(['queued cut off']);
  });

  it('to a contact of before protocol v2 is sent, and no more is known of it', async () => {
    server.setLie((path, user) =>
      path.endsWith('/bundle') && user === 'alice' ? failed('no_bundle') : null,
    );
    const old = await startFakeServer();
    const others = await gatherPeople(() => old.url);
    const [carol, dave] = await Promise.all([others.join('carol'), others.join('dave')]);
    carol.send('dave', 'hello');
    await eventually(() => expect(states(dave, 'carol')).toEqual(['received hello']));
    dave.markRead('carol');
    dave.send('carol', 'seen');
    await eventually(() => expect(states(carol, 'dave')).toEqual(['sent hello', 'received seen']));
    expect(posted(old, 'send')).toHaveLength(2);
    await others.end();
    await old.stop();
  });
});

describe('receipts', () => {
  it('of many messages are few', async () => {
    await bob.close();
    for (let n = 0; n < 100; n += 1) alice.send('bob', `${n}`);
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('sent 99'));
    const back = await people.back('bob');
    await eventually(() => expect(states(back, 'alice')).toHaveLength(100));
    back.markRead('alice');
    await eventually(() =>
      expect(new Set(states(alice, 'bob').map((line) => line.split(' ')[0]))).toEqual(new Set(['read'])),
    );
    const receipts = server.requests.filter(({ path }) => path === '/chat/alice/send').length;
    expect(receipts).toBeLessThan(10);
  });

  it('that were due when the client crashed are sent when it is back', async () => {
    server.setFault((path) => (path === '/chat/alice/send' ? failed('unavailable') : null));
    alice.send('bob', 'hello');
    await eventually(() => expect(states(bob, 'alice')).toEqual(['received hello']));
    bob.markRead('alice');
    await bob.close();
    expect(states(alice, 'bob')).toEqual(['sent hello']);
    server.setFault(() => null);
    await people.back('bob');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['read hello']));
  });

  it('for reading can be switched off, both ways; that it was delivered is still said', async () => {
    bob.setSettings({ receipts: false, typing: true });
    alice.send('bob', 'unseen');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered unseen']));
    bob.markRead('alice');
    bob.send('alice', 'an answer');
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('received an answer'));
    alice.markRead('bob');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered unseen', 'received an answer']));
    // Alice says that she has read it; who does not say it himself does not see it.
    await eventually(() => expect(states(bob, 'alice').at(-1)).toBe('delivered an answer'));
    await bob.close();
    const back = await people.back('bob');
    expect(back.settings()).toEqual({ receipts: false, typing: true });
    back.setSettings({ receipts: true, typing: true });
    await eventually(() => expect(states(back, 'alice').at(-1)).toBe('read an answer'));
    // What was seen while it was off is not told afterwards.
    alice.send('bob', 'seen');
    await eventually(() => expect(states(back, 'alice').at(-1)).toBe('received seen'));
    back.markRead('alice');
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('read seen'));
    expect(states(alice, 'bob')[0]).toBe('delivered unseen');
  });

  it('for reading go as far as was seen, and what is unread is what comes behind it', async () => {
    for (const text of ['one', 'two', 'three', 'four']) alice.send('bob', text);
    await eventually(() => expect(states(bob, 'alice')).toHaveLength(4));
    const unread = () => bob.contacts()[0]?.unread;
    const [, two] = bob.messages('alice', { limit: 4 });
    bob.markRead('alice', two?.id ?? 0);
    expect(unread()).toBe(2);
    await eventually(() =>
      expect(states(alice, 'bob')).toEqual(['read one', 'read two', 'delivered three', 'delivered four']),
    );
    bob.markRead('alice', two?.id ?? 0);
    expect(unread()).toBe(2);
    await bob.close();
    const back = await people.back('bob');
    const [, , three] = back.messages('alice', { limit: 4 });
    back.markRead('alice', three?.id ?? 0);
    expect(back.contacts()[0]?.unread).toBe(1);
    await eventually(() => expect(states(alice, 'bob').slice(2)).toEqual(['read three', 'delivered four']));
    back.markRead('alice', (three?.id ?? 0) + 1);
    expect(back.contacts()[0]?.unread).toBe(0);
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('read four'));
  });

  it('make complete what the contact has, up to a moment', async () => {
    alice.send('bob', 'first');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered first']));
    const [first] = alice.messages('bob', { limit: 1 });
    expect(alice.status('bob')).toEqual({
      queued: 0,
      missing: 0,
      completeAt: first?.at,
      complete: true,
      unconfirmed: 0,
    });
    await bob.close();
    alice.send('bob', 'second');
    await eventually(() => expect(states(alice, 'bob').at(-1)).toBe('sent second'));
    expect(alice.status('bob')).toMatchObject({ completeAt: first?.at, complete: false, unconfirmed: 1 });
    await server.stop();
    alice.send('bob', 'third');
    expect(alice.status('bob')).toMatchObject({ queued: 1, complete: false });
    await server.restart();
  });
});
