import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChatClient, ClientEvent } from '../src/chat-client.ts';
import { TEXT_MAX_BYTES } from '../src/text-limit.ts';
import { type FakeServer, failed, startFakeServer } from './fake-server.ts';
import { eventually, gatherPeople, lines, PASSWORD, type People } from './people.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
let bob: ChatClient;

beforeEach(async () => {
  server = await startFakeServer();
  people = await gatherPeople(() => server.url);
  [alice, bob] = await Promise.all([people.join('alice'), people.join('Bob')]);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const bodiesTo = (path: string): string[] =>
  server.requests.filter((request) => request.path === path && request.body).map(({ body }) => body);

it('two people chat both ways under the one key that the first of them made', async () => {
  alice.send('Bob', 'hello 👩‍👩‍👧');
  await eventually(() => expect(lines(bob, 'alice')).toEqual(['received hello 👩‍👩‍👧']));
  bob.send('alice', 'hi');
  await eventually(() => expect(lines(alice, 'bob')).toEqual(['sent hello 👩‍👩‍👧', 'received hi']));
  expect(bodiesTo('/chat/Bob/keyexchange')).toHaveLength(1);
  expect(bodiesTo('/chat/alice/keyexchange')).toHaveLength(0);
});

it('both starting at once end with every message readable', async () => {
  server.setFault((path) => (path === '/chat/keyexchange' ? { status: 200, body: { keys: [] } } : null));
  const states: string[] = [];
  alice.on((event: ClientEvent) => {
    if (event.kind === 'message' && event.message.sender === 'Bob') states.push(event.message.state);
  });
  alice.send('Bob', 'from alice');
  bob.send('alice', 'from bob');
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['sent from alice', 'undecryptable']));
  await eventually(() => expect(lines(bob, 'alice')).toEqual(['sent from bob', 'undecryptable']));
  server.setFault(() => null);
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['sent from alice', 'received from bob']));
  await eventually(() => expect(lines(bob, 'alice')).toEqual(['sent from bob', 'received from alice']));
  expect(states).toEqual(['undecryptable', 'received']);
  alice.send('Bob', 'again');
  bob.send('alice', 'again');
  await eventually(() =>
    expect(lines(alice, 'Bob').slice(2).sort()).toEqual(['received again', 'sent again']),
  );
  await eventually(() =>
    expect(lines(bob, 'alice').slice(2).sort()).toEqual(['received again', 'sent again']),
  );
});

it('a message written while the server is away is sent when it is back, once', async () => {
  await server.stop();
  await eventually(() => expect(alice.state().kind).toBe('offline'));
  alice.send('Bob', 'one');
  alice.send('Bob', 'two');
  expect(lines(alice, 'Bob')).toEqual(['queued one', 'queued two']);
  await server.restart();
  await eventually(() => expect(lines(bob, 'alice')).toEqual(['received one', 'received two']));
  await eventually(() => expect(lines(alice, 'bob')).toEqual(['sent one', 'sent two']));
});

it('an answer that was lost leads to the same bytes and id, key exchange first, shown once', async () => {
  const cut = new Set<string>();
  server.setFault((path) => {
    if (!/Bob\/(send|keyexchange)$/.test(path) || cut.has(path)) return null;
    cut.add(path);
    return 'after';
  });
  alice.send('Bob', 'once');
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['sent once']));
  const [firstKey, secondKey] = bodiesTo('/chat/Bob/keyexchange');
  const [first, second] = bodiesTo('/chat/Bob/send');
  expect(secondKey).toBe(firstKey);
  expect(second).toBe(first);
  expect(JSON.parse(first ?? '').id).toMatch(/^[A-Za-z0-9_-]{22}$/);
  const order = server.requests.map(({ path }) => path).filter((path) => path.startsWith('/chat/Bob/'));
  expect(order.lastIndexOf('/chat/Bob/keyexchange')).toBeLessThan(order.indexOf('/chat/Bob/send'));
  alice.send('Bob', 'after');
  await eventually(() => expect(lines(bob, 'alice')).toEqual(['received once', 'received after']));
});

it('a restart keeps history, unread counts and the outbox with its bytes', async () => {
  bob.send('alice', 'early');
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['received early']));
  server.setFault((path) => (path === '/chat/Bob/send' ? 'cut' : null));
  alice.send('Bob', 'late');
  await eventually(() => expect(bodiesTo('/chat/Bob/send').length).toBeGreaterThan(0));
  await alice.close();
  server.setFault(() => null);
  alice = await people.back('alice');
  expect(alice.contacts().find(({ username }) => username === 'Bob')?.unread).toBe(1);
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['received early', 'sent late']));
  expect(new Set(bodiesTo('/chat/Bob/send')).size).toBe(1);
  await eventually(() => expect(lines(bob, 'alice')).toEqual(['sent early', 'received late']));
});

it('a contact whose mailbox is busy does not hold up the others', async () => {
  let ahead = 0;
  const carol = await people.join('carol', { now: () => Date.now() + ahead });
  server.setFault((path) =>
    path === '/chat/Bob/send' ? failed('unavailable', { 'retry-after': '20' }) : null,
  );
  carol.send('Bob', 'waits');
  carol.send('Bob', 'waits too');
  carol.send('alice', 'goes');
  await eventually(() => expect(lines(carol, 'alice')).toEqual(['sent goes']));
  expect(lines(carol, 'Bob')).toEqual(['queued waits', 'queued waits too']);
  expect(bodiesTo('/chat/Bob/send')).toHaveLength(1);
  server.setFault(() => null);
  ahead = 20_000;
  await eventually(() => expect(lines(carol, 'Bob')).toEqual(['sent waits', 'sent waits too']));
});

it('a mailbox that is full keeps what is written to it waiting, which is said, and nothing else', async () => {
  let ahead = 0;
  const carol = await people.join('carol', { now: () => Date.now() + ahead });
  server.setFault((path) =>
    path === '/chat/Bob/send' ? failed('mailbox_full', { 'retry-after': '30' }) : null,
  );
  const first = carol.send('Bob', 'waits');
  carol.send('Bob', 'waits too');
  carol.send('alice', 'goes');
  await eventually(() => expect(lines(carol, 'alice')).toEqual(['sent goes']));
  await eventually(() =>
    expect(carol.messages('Bob', { limit: 9 }).map(({ id, waiting }) => [id === first.id, waiting])).toEqual([
      [true, 'The mailbox of Bob is full, until Bob reads what is there: again in 30 s.'],
      [false, undefined],
    ]),
  );
  expect(lines(carol, 'Bob')).toEqual(['queued waits', 'queued waits too']);
  expect(carol.state().kind).toBe('online');
  expect(bodiesTo('/chat/Bob/send')).toHaveLength(1);
  server.setFault(() => null);
  ahead = 30_000;
  await eventually(() => expect(lines(carol, 'Bob')).toEqual(['sent waits', 'sent waits too']));
  expect(carol.messages('Bob', { limit: 9 }).map(({ waiting }) => waiting)).toEqual([undefined, undefined]);
});

it('a message that the server refuses is failed, with a sentence, and later ones go on', async () => {
  const ghost = alice.send('ghost', 'boo');
  await eventually(() => expect(lines(alice, 'ghost')).toEqual(['failed boo']));
  expect(alice.messages('ghost', { limit: 1 })[0]).toMatchObject({
    id: ghost.id,
    failure: 'There is no such user on this server. Check how the name is written.',
  });
  alice.send('Bob', 'real');
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['sent real']));
});

it('who writes to somebody whose account was deleted is told so, also where they never spoke', async () => {
  const carol = await people.join('Carol');
  await alice.addContact('Carol');
  alice.send('Bob', 'hello');
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['sent hello']));
  await bob.deleteAccount(PASSWORD);
  await carol.deleteAccount(PASSWORD);
  alice.send('Bob', 'are you there?');
  alice.send('Carol', 'and you?');
  for (const name of ['Bob', 'Carol'])
    await eventually(() =>
      expect(alice.messages(name, { limit: 1 })[0]).toMatchObject({
        state: 'failed',
        failure: `${name} is on this server no more: the account was deleted. What was written before stays here.`,
      }),
    );
  expect(lines(alice, 'Bob')[0]).toBe('sent hello');
});

it('texts of 2,000 emoji and of the largest size arrive; larger and empty ones are refused', async () => {
  const emoji = '😀'.repeat(2_000);
  const largest = `${'é'.repeat((TEXT_MAX_BYTES - 2) / 2)}xx`;
  alice.send('Bob', emoji);
  alice.send('Bob', largest);
  await eventually(() => expect(lines(bob, 'alice')).toEqual([`received ${emoji}`, `received ${largest}`]));
  expect(() => alice.send('Bob', `${largest}x`)).toThrow(expect.objectContaining({ code: 'too_long' }));
  expect(() => alice.send('Bob', ' \n ')).toThrow(expect.objectContaining({ code: 'empty' }));
  expect(() => alice.send('../x', 'text')).toThrow(expect.objectContaining({ code: 'bad_name' }));
  expect(() => alice.send('ALICE', 'text')).toThrow(expect.objectContaining({ code: 'refused' }));
  expect(lines(alice, 'Bob')).toHaveLength(2);
});

it('a bad record in an answer costs only itself', async () => {
  bob.send('alice', 'good');
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['received good']));
  const sound = { sender: 'Bob', message: 'not base64 at all' };
  for (const bad of [
    { sender: '../x' },
    { sender: 7 },
    { id: 'short' },
    { message: 5 },
    { timestamp: 'now' },
  ])
    server.deliverMessage('alice', { ...sound, ...bad });
  server.deliverMessage('alice', { ...sound, message: 'x'.repeat(61_441) });
  server.deliverKey('alice', { sender: 'Bob', encrypted_key: 'AAAA' });
  server.deliverKey('alice', { sender: 'con', encrypted_key: 'AAAA' });
  server.deliverMessage('alice', sound);
  await eventually(() => expect(lines(alice, 'Bob')).toEqual(['received good', 'undecryptable']));
  expect(alice.contacts().map(({ username }) => username)).toEqual(['Bob']);
});

it('contacts show who is there, who is online and what is unread; reading clears it for good', async () => {
  await eventually(() =>
    expect(alice.contacts()).toMatchObject([{ username: 'Bob', online: true, unread: 0 }]),
  );
  bob.send('alice', 'one');
  bob.send('alice', 'two');
  await eventually(() => expect(alice.contacts()[0]).toMatchObject({ unread: 2 }));
  expect(alice.contacts()[0]?.lastMessageAt).toBeGreaterThan(Date.now() - 60_000);
  alice.markRead('bob');
  expect(alice.contacts()[0]?.unread).toBe(0);
  await alice.close();
  await server.stop();
  alice = await people.back('alice');
  expect(alice.state().kind).toBe('offline');
  expect(alice.contacts()).toMatchObject([{ username: 'Bob', online: false, unread: 0 }]);
  await server.restart();
  await eventually(() => expect(alice.state()).toEqual({ kind: 'online' }));
});

it('a contact is added by a name that exists, in the spelling of the server', async () => {
  expect(await alice.addContact('BOB')).toMatchObject({ username: 'Bob', unread: 0, lastMessageAt: null });
  await expect(alice.addContact('missing')).rejects.toMatchObject({
    code: 'unknown_user',
    message: 'There is no user "missing" on this server. Check how the name is written.',
  });
  await expect(alice.addContact('con')).rejects.toMatchObject({
    code: 'bad_name',
    message: expect.stringContaining('"con" is reserved'),
  });
  await expect(alice.addContact('a/b')).rejects.toMatchObject({ code: 'bad_name' });
  await expect(alice.addContact('alice')).rejects.toMatchObject({ code: 'refused' });
  await server.stop();
  await expect(alice.addContact('dave')).rejects.toMatchObject({ code: 'offline', retryable: true });
  await server.restart();
});

it('history is read in pages, oldest first', async () => {
  for (const text of ['1', '2', '3', '4', '5']) alice.send('Bob', text);
  const newest = alice.messages('Bob', { limit: 2 });
  expect(newest.map(({ text }) => text)).toEqual(['4', '5']);
  const older = alice.messages('Bob', { limit: 2, before: newest[0]?.id ?? 0 });
  expect(older.map(({ text }) => text)).toEqual(['2', '3']);
});

it('a listener that has left hears no more', async () => {
  const heard: ClientEvent[] = [];
  const leave = alice.on((event) => heard.push(event));
  alice.send('Bob', 'one');
  leave();
  const before = heard.length;
  alice.send('Bob', 'two');
  expect(before).toBeGreaterThan(0);
  expect(heard).toHaveLength(before);
});
