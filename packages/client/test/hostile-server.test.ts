import { encryptMessage, makeKey, wrapKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { importPublicKey } from '@secure-chat/crypto/rsa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChatClient } from '../src/chat-client.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { eventually, gatherPeople, lines, type People } from './people.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
beforeEach(async () => {
  server = await startFakeServer();
  people = await gatherPeople(() => server.url);
  alice = await people.join('alice');
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

/** What bob sends, who is known to the server alone: his key, and messages under it. */
const key = makeKey();
const message = (text: string) => ({ sender: 'bob', message: encryptMessage(key, text) });
function giveKey(sender = 'bob'): void {
  const alices = importPublicKey(server.user('alice').pem);
  if (!alices) throw new Error('no key of alice');
  server.deliverKey('alice', { sender, encrypted_key: wrapKey(alices, key) });
}

const answer = (path: string, body: unknown): void =>
  server.setFault((asked) => (asked === path ? { status: 200, body } : null));
/** Rounds of polls that began after this call and ended. */
async function rounds(count: number): Promise<void> {
  const polls = () => server.requests.filter(({ path }) => path === '/presence').length;
  const before = polls();
  await eventually(() => expect(polls()).toBeGreaterThan(before + count));
}

const WRONG = [null, 7, 'text', true, {}, [[]], { keys: 7 }, { messages: {} }, { users: [] }];
it.each(
  ['/chat/users', '/chat/keyexchange', '/chat/messages'].flatMap((path) =>
    WRONG.map((body) => ({ path, body })),
  ),
)('$path answered with $body crashes nothing, and what comes after it arrives', async ({ path, body }) => {
  answer(path, body);
  await rounds(1);
  server.setFault(() => null);
  giveKey();
  server.deliverMessage('alice', message('after'));
  await eventually(() => expect(lines(alice, 'bob')).toEqual(['received after']));
  expect(alice.state().kind).not.toBe('offline');
});

it('a directory of 10,000 users is shown in order, without the records that are none', async () => {
  const users = Array.from({ length: 10_000 }, (_, n) => ({ username: `User${n}`, online: n % 2 === 0 }));
  const names = ['', '../x', 'con', 'a'.repeat(33), '__proto__', 'né', 'a b', 'a\u0000', 7, null];
  const bad = [null, 7, [], {}, { username: 'x' }, ...names.map((username) => ({ username, online: true }))];
  answer('/chat/users', [
    ...users,
    ...bad,
    { username: 'x', online: 'yes' },
    { username: 'constructor', online: true },
  ]);
  await eventually(() => expect(alice.contacts()).toHaveLength(10_001));
  const shown = alice.contacts().map(({ username }) => username.toLowerCase());
  expect(shown).toEqual([...shown].sort());
  expect(alice.contacts().filter(({ online }) => online)).toHaveLength(5_001);
});

it('a user who is listed twice, in two spellings, is one contact and no news at each round', async () => {
  answer('/chat/users', [
    { username: 'Bob', online: true },
    { username: 'bob', online: false },
  ]);
  await eventually(() => expect(alice.contacts()).toHaveLength(1));
  let news = 0;
  alice.on(({ kind }) => {
    if (kind === 'contacts') news += 1;
  });
  await rounds(3);
  expect(news).toBe(0);
});

it('a page of 1,000 messages is stored whole, an id that comes twice once', async () => {
  giveKey();
  for (let n = 0; n < 1_000; n += 1)
    server.deliverMessage('alice', { ...message(`${n}`), id: `i${n >> 1}`.padEnd(16, '-') });
  const even = Array.from({ length: 500 }, (_, n) => `received ${n * 2}`);
  await eventually(() => expect(lines(alice, 'bob')).toHaveLength(500));
  expect(lines(alice, 'bob')).toEqual(even);
  expect(alice.contacts()[0]).toMatchObject({ username: 'bob', unread: 500 });
});

it('records with impossible places are skipped, the good ones around them kept', async () => {
  giveKey();
  server.deliverMessage('alice', message('first'));
  const places = [
    ...[-1, 1.5, '1', null].map((seq) => ({ seq })),
    ...['', 'x'.repeat(65), 'ü'.repeat(16), 7].map((id) => ({ id })),
    ...['', 'yesterday', 0, '2026-13-01T00:00:00Z'].map((timestamp) => ({ timestamp })),
    ...['', 'con', '../x', '__proto__', { name: 'bob' }].map((sender) => ({ sender })),
    { type: 'OTHER' },
  ];
  for (const place of places) {
    server.deliverMessage('alice', { ...message('bad'), ...place });
    server.deliverKey('alice', { sender: 'bob', encrypted_key: 'AAAA', ...place });
  }
  server.deliverMessage('alice', message('last'));
  await eventually(() => expect(lines(alice, 'bob')).toEqual(['received first', 'received last']));
  expect(alice.contacts().map(({ username }) => username)).toEqual(['bob']);
});

it('a time that cannot be is shown as the time of arrival', async () => {
  giveKey();
  const before = Date.now();
  const times = [
    '9999-12-31T23:59:59Z',
    '0001-01-01T00:00:00Z',
    '1969-12-31T23:59:59Z',
    '2016-12-31T23:59:60Z',
  ];
  for (const timestamp of times) server.deliverMessage('alice', { ...message(timestamp), timestamp });
  await eventually(() => expect(lines(alice, 'bob')).toHaveLength(times.length));
  for (const { at } of alice.messages('bob', { limit: 9 })) {
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(Date.now());
  }
});

it('nothing is taken that claims to come from oneself', async () => {
  giveKey();
  server.deliverMessage('alice', { ...message('forged'), sender: 'Alice' });
  giveKey('alice');
  server.deliverMessage('alice', message('real'));
  await eventually(() => expect(lines(alice, 'bob')).toEqual(['received real']));
  expect(alice.contacts().map(({ username }) => username)).toEqual(['bob']);
});
