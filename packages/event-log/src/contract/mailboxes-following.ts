import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Mailboxes, MailboxRecord } from '../mailboxes.ts';
import type { LogUnderTest } from './harness.ts';
import { bytes, gate, text, uniqueTopic } from './values.ts';

/** Milliseconds in which what is awaited has to happen: a bound, not an expectation. */
const SOON = { timeout: 10_000, interval: 2 };
/** As above, for thousands of topics: what they cost is the bench's to say. */
const EVENTUALLY = { timeout: 60_000, interval: 20 };

const Step = fc.oneof(
  fc.record({ type: fc.constant('append' as const), by: fc.nat(1), count: fc.integer({ min: 1, max: 40 }) }),
  fc.record({ type: fc.constant('follow' as const), by: fc.nat(1), from: fc.nat(60), slow: fc.boolean() }),
  fc.record({ type: fc.constant('wait' as const) }),
);

/** The part of the mailboxes' contract that is about `follow`. */
export function describeMailboxFollowing(given: {
  log(): LogUnderTest<Mailboxes>;
  mailboxes(): Mailboxes;
  topic(): string;
  readonly topicsAtOnce: number;
}): void {
  const append = (value: string, topic = given.topic()) => given.mailboxes().append(topic, bytes(value));

  describe('follow', () => {
    it('pushes what is there, then what comes', async () => {
      const seen: string[] = [];
      await append('before');
      await given.mailboxes().follow(given.topic(), 0, (batch) => {
        seen.push(...batch.map(({ value }) => text(value)));
      });
      await append('after');
      await vi.waitFor(() => expect(seen).toEqual(['before', 'after']), SOON);
    });

    it('has no gap and no duplicate, from any offset, while two instances write', async () => {
      const others = [given.mailboxes(), await given.log().open()] as const;
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(Step, { minLength: 1, maxLength: 25 }), async (steps) => {
            const topic = uniqueTopic();
            await others[0].create([topic]);
            const appends: Promise<number>[] = [];
            const followers: { from: number; offsets: number[]; close(): Promise<void> }[] = [];
            for (const step of steps) {
              if (step.type === 'wait') await new Promise(setImmediate);
              else if (step.type === 'append') {
                for (let n = 0; n < step.count; n++)
                  appends.push(others[step.by === 0 ? 0 : 1].append(topic, bytes(`${n}`)));
              } else {
                const offsets: number[] = [];
                const from = Math.min(step.from, await others[0].head(topic));
                const following = await others[step.by === 0 ? 0 : 1].follow(topic, from, async (batch) => {
                  offsets.push(...batch.map(({ offset }) => offset));
                  if (step.slow) await new Promise(setImmediate);
                });
                followers.push({ from, offsets, close: following.close });
              }
            }
            await Promise.all(appends);
            for (const { from, offsets } of followers) {
              const expected = Array.from({ length: appends.length - from }, (_, index) => from + index);
              await vi.waitFor(() => expect(offsets.length).toBeGreaterThanOrEqual(expected.length), SOON);
              expect(offsets).toEqual(expected);
            }
            await Promise.all(followers.map((follower) => follower.close()));
          }),
          { numRuns: 40 },
        );
      } finally {
        await others[1].close();
      }
    });

    it('gives a listener one batch at a time, and what came meanwhile afterwards', async () => {
      const first = gate();
      const seen: number[] = [];
      let inside = 0;
      let most = 0;
      await append('0');
      await given.mailboxes().follow(given.topic(), 0, async (batch) => {
        most = Math.max(most, ++inside);
        seen.push(...batch.map(({ offset }) => offset));
        await first.opened;
        inside--;
      });
      await vi.waitFor(() => expect(seen).toEqual([0]), SOON);
      await Promise.all(Array.from({ length: 600 }, (_, index) => append(`${index}`)));
      expect(seen).toEqual([0]);
      first.open();
      await vi.waitFor(() => expect(seen).toHaveLength(601), SOON);
      expect(seen).toEqual(Array.from({ length: 601 }, (_, index) => index));
      expect(most).toBe(1);
    });

    it('begins at the first record that is kept', async () => {
      await Promise.all(['a', 'b', 'c'].map((value) => append(value)));
      await given.mailboxes().trim(given.topic(), 2);
      const seen: MailboxRecord[] = [];
      await given.mailboxes().follow(given.topic(), 0, (batch) => {
        seen.push(...batch);
      });
      await vi.waitFor(() => expect(seen.at(-1)?.offset).toBe(2), SOON);
    });

    it('ends with the listener’s error, and leaves other followers alone', async () => {
      const seen: number[] = [];
      const bad = await given.mailboxes().follow(given.topic(), 0, () => {
        throw new Error('no room');
      });
      await given.mailboxes().follow(given.topic(), 0, (batch) => {
        seen.push(...batch.map(({ offset }) => offset));
      });
      await append('x');
      await expect(bad.failed).rejects.toThrow('no room');
      await append('y');
      await vi.waitFor(() => expect(seen).toEqual([0, 1]), SOON);
    });

    it('begins no call after it is closed', async () => {
      const listener = vi.fn();
      const seen: number[] = [];
      await append('already there');
      const following = await given.mailboxes().follow(given.topic(), 0, listener);
      await following.close();
      const calls = listener.mock.calls.length;
      await given.mailboxes().follow(given.topic(), 0, (batch) => {
        seen.push(...batch.map(({ offset }) => offset));
      });
      await append('later');
      await vi.waitFor(() => expect(seen).toEqual([0, 1]), SOON);
      expect(listener).toHaveBeenCalledTimes(calls);
      await following.close();
    });

    it('ends when the topic is deleted, by whichever instance', async () => {
      const other = await given.log().open();
      try {
        const here = await given.mailboxes().follow(given.topic(), 0, () => {});
        const there = await other.follow(given.topic(), 0, () => {});
        await given.mailboxes().delete([given.topic()]);
        await expect(here.failed).rejects.toMatchObject({ code: 'topic_missing' });
        await expect(there.failed).rejects.toMatchObject({ code: 'topic_missing' });
      } finally {
        await other.close();
      }
    });

    it('does not go on with the new topic when one is deleted and made again', async () => {
      const seen: string[] = [];
      await append('old');
      const following = await given.mailboxes().follow(given.topic(), 0, (batch) => {
        seen.push(...batch.map(({ value }) => text(value)));
      });
      await vi.waitFor(() => expect(seen).toEqual(['old']), SOON);
      await given.mailboxes().delete([given.topic()]);
      await given.mailboxes().create([given.topic()]);
      await append('new');
      await expect(following.failed).rejects.toMatchObject({ code: 'topic_missing' });
      expect(seen).toEqual(['old']);
    });

    it('sees what another instance appends', async () => {
      const other = await given.log().open();
      try {
        const seen: number[] = [];
        await other.follow(given.topic(), 0, (batch) => {
          seen.push(...batch.map(({ offset }) => offset));
        });
        await append('x');
        await vi.waitFor(() => expect(seen).toEqual([0]), SOON);
        await append('y');
        await vi.waitFor(() => expect(seen).toEqual([0, 1]), SOON);
      } finally {
        await other.close();
      }
    });

    it(`carries ${given.topicsAtOnce} topics: made, followed and appended to at once`, async () => {
      const topics = Array.from({ length: given.topicsAtOnce }, uniqueTopic);
      const seen = new Map<string, string[]>(topics.map((topic) => [topic, []]));
      await given.mailboxes().create(topics);
      await Promise.all(
        topics.map((topic) =>
          given.mailboxes().follow(topic, 0, (batch) => {
            seen.get(topic)?.push(...batch.map(({ value }) => text(value)));
          }),
        ),
      );
      await Promise.all(topics.map((topic) => append(topic, topic)));
      await vi.waitFor(() => expect([...seen.values()].flat()).toHaveLength(topics.length), EVENTUALLY);
      expect([...seen]).toEqual(topics.map((topic) => [topic, [topic]]));
      await given.mailboxes().delete(topics);
      await expect(given.mailboxes().head(topics[0] ?? '')).rejects.toMatchObject({ code: 'topic_missing' });
    });
  });
}
