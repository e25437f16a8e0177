import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChatClient } from '../../src/chat-client.ts';
import { introduce } from '../e2ee/people.ts';
import { type FakeServer, failed, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, lines, type People } from '../people.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
let bob: ChatClient;
let now: number;
beforeEach(async () => {
  server = await startFakeServer({ modern: true, streaming: true });
  people = await gatherPeople(() => server.url);
  now = Date.now();
  const conditions = { now: () => now };
  [alice, bob] = await Promise.all([people.join('alice', conditions), people.join('bob', conditions)]);
  await introduce({ server, people, alice, bob, end: async () => undefined });
  await eventually(() => {
    for (const name of ['alice', 'bob']) server.push(name, present('alice') + present('bob'));
    expect(alice.contacts()[0]?.online && bob.contacts()[0]?.online).toBe(true);
  });
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const present = (username: string): string =>
  `event: presence\ndata: ${JSON.stringify({ username, online: true })}\n\n`;
const isTyping = (client: ChatClient): boolean | undefined => client.contacts()[0]?.typing;
const notices = (): string[] =>
  server.requests.filter(({ path }) => path.endsWith('/ephemeral')).map(({ body }) => body);

it('that a contact types is shown until a message comes, and many keys are one notice', async () => {
  for (let key = 0; key < 50; key += 1) alice.setTyping('bob', true);
  await eventually(() => expect(isTyping(bob)).toBe(true));
  expect(notices()).toHaveLength(1);
  alice.send('bob', 'typed');
  await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received typed'));
  expect(isTyping(bob)).toBe(false);
  expect(new Set(notices().map((body) => body.length)).size).toBe(1);
});

it('that it has stopped is shown, too, and is said once', async () => {
  alice.setTyping('bob', true);
  await eventually(() => expect(isTyping(bob)).toBe(true));
  now += 1;
  alice.setTyping('bob', false);
  alice.setTyping('bob', false);
  await eventually(() => expect(isTyping(bob)).toBe(false));
  expect(notices()).toHaveLength(2);
});

it('a notice that is old, repeated, changed or of somebody else shows nothing', async () => {
  const shown: (boolean | undefined)[] = [];
  alice.setTyping('bob', true);
  await eventually(() => expect(isTyping(bob)).toBe(true));
  const { body } = JSON.parse(notices()[0] ?? '{}');
  now += 1;
  alice.setTyping('bob', false);
  await eventually(() => expect(isTyping(bob)).toBe(false));
  bob.on(() => shown.push(isTyping(bob)));
  const event = (sender: string, text: string): string =>
    `event: ephemeral\ndata: ${JSON.stringify({ sender, body: text, timestamp: new Date(now).toISOString() })}\n\n`;
  server.push('bob', event('alice', body));
  server.push('bob', event('alice', `${body.slice(0, -4)}AAAA`));
  server.push('bob', event('alice', 'typing'));
  server.push('bob', event('bob', body));
  alice.send('bob', 'after all that');
  await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received after all that'));
  expect(shown).not.toContain(true);
});

it('a notice that was kept back for half a minute shows nothing', async () => {
  const shown: (boolean | undefined)[] = [];
  bob.on(() => shown.push(isTyping(bob)));
  server.setFault((path) => (path.endsWith('/ephemeral') ? failed('unavailable') : null));
  alice.setTyping('bob', true);
  await eventually(() => expect(notices()).toHaveLength(1));
  server.setFault(() => null);
  const { body } = JSON.parse(notices()[0] ?? '{}');
  now += 30_001;
  const timestamp = new Date(now).toISOString();
  server.push('bob', `event: ephemeral\ndata: ${JSON.stringify({ sender: 'alice', body, timestamp })}\n\n`);
  server.deliverMessage('bob', { sender: 'alice', message: 'v2.AAAA' });
  await eventually(() => expect(lines(bob, 'alice')).toContain('undecryptable'));
  expect(shown).not.toContain(true);
});

it('nobody is told who has it switched off, and he is told nothing', async () => {
  bob.setSettings({ receipts: true, typing: false });
  bob.setTyping('alice', true);
  alice.setTyping('bob', true);
  alice.send('bob', 'typed');
  await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received typed'));
  expect(isTyping(bob)).toBe(false);
  expect(server.requests.some(({ path }) => path === '/chat/alice/ephemeral')).toBe(false);
});
