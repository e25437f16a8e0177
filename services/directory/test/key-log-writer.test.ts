import { createBuiltInCodecs } from '@secure-chat/event-log/codecs/built-in-codecs';
import type { Events } from '@secure-chat/event-log/events';
import { describe, expect, it } from 'vitest';
import { type Addition, type Head, headAfter, nextEntry, START } from '../src/key-log/chain.ts';
import { createKeyLogWriter, TRIES, TURN_MAX } from '../src/key-log/writer.ts';

const addition = (username: string): Addition => ({
  username,
  kind: 'public-key',
  content: Buffer.alloc(32),
  bundle: '',
});

/** A writer, and a log that applies records as a follower does, or says that they were overtaken. */
function createLog({ overtakes = false } = {}) {
  const codec = createBuiltInCodecs().keyLog;
  let head: Head = START;
  const turns: string[][] = [];
  let turn: string[] = [];
  const keys = new Set<string>();
  const applied: string[] = [];
  const published: Promise<void>[] = [];
  const apply = async (value: Uint8Array | null): Promise<void> => {
    const record = value && (await codec.decode(value));
    const entry = record && nextEntry(head, record);
    if (!entry || entry === 'late' || overtakes) return;
    head = headAfter(entry);
    applied.push(entry.username);
    turn.push(entry.username);
  };
  const events: Pick<Events, 'publish'> = {
    async publish(_topic, key, value) {
      keys.add(key);
      const before = published.at(-1);
      published.push(Promise.resolve(before).then(() => apply(value)));
      return 0;
    },
  };
  const log = {
    head: () => head,
    async caughtUp() {
      await Promise.all(published);
      turns.push(turn);
      turn = [];
    },
  };
  const writer = createKeyLogWriter({ events, codec, log, clock: () => 1 });
  const once = (username: string) =>
    writer.add(username, async () => (applied.includes(username) ? null : addition(username)));
  return { writer, once, applied, turns, keys };
}

describe('the writer of the key log', () => {
  it('publishes all that wait at once, in order, and each is there when it is told so', async () => {
    const { once, applied, turns } = createLog();
    const names = Array.from({ length: 10 }, (_, index) => `user-${index}`);
    await Promise.all(
      names.map(async (name) => {
        await once(name);
        expect(applied).toContain(name);
      }),
    );
    expect(applied).toEqual(names);
    expect(turns.map(({ length }) => length)).toEqual([1, 9]);
  });

  it('takes so many in a turn and no more', async () => {
    const { once, turns } = createLog();
    const names = Array.from({ length: 2 * TURN_MAX + 1 }, (_, index) => `user-${index}`);
    await Promise.all(names.map(once));
    expect(Math.max(...turns.map(({ length }) => length))).toBeLessThanOrEqual(TURN_MAX);
    expect(turns.flat()).toEqual(names);
  });

  it('asks what a user wants one at a time: each knows what came of the one before', async () => {
    const { writer, applied } = createLog();
    const add = (limit: number) =>
      writer.add('alice', async () => (applied.length >= limit ? null : addition('Alice')));
    await Promise.all([add(1), add(1), add(2), add(2)]);
    expect(applied).toEqual(['Alice', 'Alice']);
  });

  it('publishes each record under a key of its own', async () => {
    const { once, keys } = createLog({ overtakes: true });
    await expect(once('alice')).rejects.toMatchObject({ code: 'unavailable' });
    expect(keys.size).toBe(TRIES);
  });

  it('gives up what is overtaken each time', async () => {
    const { writer } = createLog({ overtakes: true });
    let asked = 0;
    const outcome = writer.add('alice', async () => {
      asked += 1;
      return addition('alice');
    });
    await expect(outcome).rejects.toMatchObject({ code: 'unavailable' });
    expect(asked).toBe(TRIES + 1);
  });

  it('refuses what the proposal refuses, and adds what stands beside it', async () => {
    const { writer, once, applied } = createLog();
    const refusal = new Error('no');
    const outcomes = await Promise.allSettled([
      once('alice'),
      writer.add('eve', () => Promise.reject(refusal)),
      once('bob'),
    ]);
    expect(outcomes[1]).toEqual({ status: 'rejected', reason: refusal });
    expect(applied).toEqual(['alice', 'bob']);
  });

  it('refuses all that waits when it closes, and all that comes later', async () => {
    const { writer, once, applied } = createLog();
    const outcomes = Promise.allSettled(['alice', 'bob', 'carol'].map(once));
    await writer.close();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(once('dora')).rejects.toMatchObject({ code: 'unavailable' });
    expect(applied.length).toBeLessThanOrEqual(1);
  });
});
