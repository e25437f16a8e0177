import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createEngine, type Engine, type WireRecord } from './engine.ts';

const rsa = [0, 1].map(() => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey);

let root: string;
let alice: Engine;
let bob: Engine;
let posted: WireRecord[];
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'secure-chat-at-once-'));
  posted = [];
  const engine = (username: string, key: number) => {
    const own = rsa[key];
    if (!own) throw new Error('no key');
    const folder = join(root, username);
    const onPost = (record: WireRecord): void => void posted.push(record);
    return createEngine({ folder, username, rsa: own, now: () => Date.UTC(2026, 10, 25), onPost });
  };
  alice = await engine('alice', 0);
  bob = await engine('bob', 1);
  alice.meet('bob', bob.bundle());
  bob.meet('alice', alice.bundle());
});
afterEach(() => {
  alice.close();
  bob.close();
  rmSync(root, { recursive: true, force: true });
});

/** The first message starts a ratchet. */
async function startRatchet(): Promise<void> {
  alice.write('first');
  expect(alice.envelopes()).toEqual([null]);
  await alice.deliver();
  await arrive();
}
async function arrive(): Promise<void> {
  for (const [seq, record] of posted.splice(0).entries()) await bob.receive('alice', record, seq);
}
const texts = (): string[] => bob.history().map(({ text }) => text);

it('a message under a ratchet is stored with its exact bytes at once, which are those that go out, after a crash too', async () => {
  await startRatchet();
  alice.write('second');
  const [envelope] = alice.envelopes();
  expect(envelope).not.toBeNull();
  await alice.restart();
  await alice.deliver();
  expect(posted).toEqual([{ kind: 'message', ...envelope }]);
  await arrive();
  expect(texts()).toEqual(['first', 'second']);
  expect(alice.history().map(({ numbered }) => numbered?.number)).toEqual([1, 2]);
});

it('what does not leave at once has neither bytes nor a number before it does', async () => {
  await startRatchet();
  alice.setOnline(false);
  alice.write('second');
  expect(alice.envelopes()).toEqual([null]);
  expect(alice.history().at(-1)?.numbered).toBeUndefined();
  alice.setOnline(true);
  // What waits comes first, in bytes and numbers.
  alice.write('third');
  expect(alice.envelopes()).toEqual([null, null]);
  await alice.deliver();
  await arrive();
  expect(texts()).toEqual(['first', 'second', 'third']);
});

it('after new keys were asked for, a message waits for them', async () => {
  await startRatchet();
  alice.renew();
  alice.write('second');
  expect(alice.envelopes()).toEqual([null]);
  await alice.deliver();
  expect(posted.map(({ kind }) => kind)).toEqual(['key', 'message']);
  await arrive();
  expect(texts()).toEqual(['first', 'second']);
});
