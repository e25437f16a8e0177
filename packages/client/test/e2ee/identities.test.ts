import { cpSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { failed } from '../fake-server.ts';
import { eventually, lines } from '../people.ts';
import { gatherPair, inspect, introduce, type Pair, posted, protection, rounds } from './people.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
});
afterEach(() => pair.end());

it('who takes a new identity is blocked until it is accepted; then both go on, and nothing is lost', async () => {
  const { alice, bob } = pair;
  await introduce(pair);
  alice.setVerified('bob', true);
  await bob.safetyNumber('alice');
  bob.setVerified('alice', true);
  const { digits } = await alice.safetyNumber('bob');
  await bob.renewIdentity();
  // The number is another one on this side, too.
  expect(protection(bob, 'alice')).toBe('unverified');
  bob.send('alice', 'I am new');
  await eventually(() => expect(protection(alice, 'bob')).toBe('changed'));
  expect(lines(alice, 'bob')).not.toContain('received I am new');
  const number = await alice.safetyNumber('bob');
  expect(number.before).toBe(digits);
  expect(await bob.safetyNumber('alice')).toMatchObject({ digits: number.digits, before: null });
  alice.acceptIdentity('bob');
  await eventually(() => expect(lines(alice, 'bob')).toContain('received I am new'));
  alice.send('bob', 'welcome');
  await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received welcome'));
  expect(() => alice.acceptIdentity('bob')).toThrow(expect.objectContaining({ code: 'refused' }));
});

it('a contact without keys has no safety number, timer or new keys, in a sentence', async () => {
  const { server, people, alice } = pair;
  server.setLie((path, user) =>
    user === 'carol' && path.includes('/keys/bundle') ? { status: 404, body: {} } : null,
  );
  await people.join('carol');
  const refusal = expect.objectContaining({ code: 'legacy', message: expect.stringContaining('carol') });
  await expect(alice.safetyNumber('carol')).rejects.toEqual(refusal);
  expect(protection(alice, 'carol')).toBe('legacy');
  expect(() => alice.renewKeys('carol')).toThrow(refusal);
  expect(() => alice.setTimer('carol', 60)).toThrow(refusal);
  expect(() => alice.setVerified('carol', true)).toThrow(refusal);
  expect(() => alice.renewKeys('nobody')).toThrow(expect.objectContaining({ code: 'refused' }));
});

it('who spoke v1 and then has a bundle is written to under v2 from then on, and the person is told', async () => {
  const { server, people, alice } = pair;
  server.setLie((path, user) =>
    user === 'carol' && path.includes('/keys/bundle') ? { status: 404, body: {} } : null,
  );
  const carol = await people.join('carol');
  alice.send('carol', 'old');
  await eventually(() => expect(lines(carol, 'alice')).toEqual(['received old']));
  expect(alice.messages('carol', { limit: 1 })[0]?.legacy).toBe(true);
  await carol.close();
  server.setLie(() => null);
  const back = await people.back('carol');
  await alice.safetyNumber('carol');
  expect(lines(alice, 'carol').at(-1)).toBe(
    'note From now on, messages with carol are encrypted under protocol v2.',
  );
  alice.send('carol', 'new');
  await eventually(() => expect(lines(back, 'alice').at(-1)).toBe('received new'));
  expect(posted(server, 'send').at(-1)?.message).toMatch(/^v2\./);
});

it('an old copy of a profile is noticed, sends nothing under keys of before, and what follows is read', async () => {
  const { people, alice, bob } = pair;
  await introduce(pair);
  await bob.close();
  const ratchetsOfBob = () =>
    inspect(people, 'bob', ({ ratchets, contacts }) =>
      ratchets.of(contacts.ensure('alice').id).map(({ retired, sent }) => ({ retired, sent })),
    );
  const [before] = await ratchetsOfBob();
  const folder = people.profileOf('bob');
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  const later = await people.back('bob');
  later.send('alice', 'after the copy');
  alice.send('bob', 'seen after the copy');
  await eventually(() => expect(lines(later, 'alice').at(-1)).toBe('received seen after the copy'));
  await later.close();
  rmSync(folder, { recursive: true });
  cpSync(copy, folder, { recursive: true });

  const restored = await people.back('bob');
  alice.send('bob', 'to the old copy');
  await eventually(() => expect(restored.warnings()[0]).toContain('it is an old copy'));
  await eventually(() => expect(lines(restored, 'alice')).toContain('received to the old copy'));
  restored.send('alice', 'from the old copy');
  await eventually(() => expect(lines(alice, 'bob')).toContain('received from the old copy'));
  await restored.close();
  const keys = await ratchetsOfBob();
  // Not once more under the one of before.
  expect(keys[0]).toEqual({ retired: true, sent: before?.sent });
  expect(keys.slice(1).some(({ retired }) => !retired)).toBe(true);
});

it('warnings are kept until the person has read them, each once', async () => {
  const { server, people, alice } = pair;
  await introduce(pair);
  server.log.splice(0, 1);
  await alice.safetyNumber('bob');
  expect(alice.warnings()).toEqual([expect.stringContaining('another history of published keys')]);
  await alice.close();
  const back = await people.back('alice');
  expect(back.warnings()).toHaveLength(1);
  let told = 0;
  back.on(({ kind }) => {
    if (kind === 'warnings') told += 1;
  });
  back.clearWarnings();
  expect(back.warnings()).toEqual([]);
  expect(told).toBe(1);
});

it.each([
  ['refuses a bundle', '/chat/keys/bundle', failed('bad_bundle')],
  ['has enough of bundles for now', '/chat/keys/bundle', failed('too_many', { 'retry-after': '3600' })],
  ['answers nonsense for the key log', '/key-log', { status: 200, body: 'nonsense' }],
  ['fails at the key log', '/key-log', failed('internal')],
])('a server that %s takes nobody offline', async (what, path, answer) => {
  const { server, people, alice } = pair;
  server.setLie((asked, user) => (user === 'carol' && asked.startsWith(path) ? answer : null));
  const carol = await people.join('carol');
  expect(carol.state().kind).toBe('online');
  alice.send('carol', 'hello');
  await eventually(() => expect(lines(carol, 'alice').length).toBeGreaterThan(0));
  expect(carol.state().kind).toBe('online');
  const warned = carol.warnings().some((sentence) => sentence.includes('refuses what keeps your keys'));
  expect(warned).toBe(what === 'refuses a bundle');
});

it('an exchange under a new identity is not lost while the server cannot give the keys', async () => {
  const { server, people, alice, bob } = pair;
  await introduce(pair);
  server.setLie((path, user) =>
    user === 'alice' && path === '/chat/bob/bundle' ? failed('internal') : null,
  );
  await bob.renewIdentity();
  bob.send('alice', 'I am new');
  bob.send('alice', 'and here');
  await eventually(() => expect(lines(alice, 'bob')).toContain('undecryptable'));
  await rounds(server);
  expect(protection(alice, 'bob')).toBe('unverified');
  server.setLie(() => null);
  await alice.close();
  const back = await people.back('alice');
  await eventually(() => expect(protection(back, 'bob')).toBe('changed'));
  const before = posted(server, 'send').length;
  back.acceptIdentity('bob');
  await eventually(() => expect(lines(back, 'bob')).toContain('received I am new'));
  expect(lines(back, 'bob')).toContain('received and here');
  // By the exchange itself: nothing had to be sent again.
  expect(posted(server, 'send')).toHaveLength(before);
});
