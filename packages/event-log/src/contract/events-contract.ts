import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Event, Events } from '../events.ts';
import { VALUE_MAX } from '../limits.ts';
import { describeEventFollowing } from './events-following.ts';
import type { Harness, LogUnderTest } from './harness.ts';
import { bytes, refusal, text, uniqueTopic } from './values.ts';

/** What every backend of `Events` does. `timeoutMs`: for one test; a cluster needs more than a file. */
export function describeEventsContract(name: string, harness: Harness<Events>, timeoutMs = 20_000): void {
  describe(`Events on ${name}`, { timeout: timeoutMs }, () => {
    let log: LogUnderTest<Events>;
    let events: Events;
    let topic: string;

    beforeAll(async () => {
      log = await harness();
    }, timeoutMs);
    afterAll(() => log.remove());
    beforeEach(async () => {
      events = await log.open();
      topic = uniqueTopic();
    });
    afterEach(() => events.close());

    const publish = (key: string, value: string | null) =>
      events.publish(topic, key, value === null ? null : bytes(value));

    /** All that a subscriber who comes now gets, up to the head. */
    async function late(instance = events): Promise<Event[]> {
      const seen: Event[] = [];
      const subscription = await instance.subscribe(topic, (event) => {
        seen.push(event);
      });
      await subscription.caughtUp();
      await subscription.close();
      return seen;
    }

    const pairs = (seen: readonly Event[]) =>
      seen.map(({ key, value }) => [key, value === null ? null : text(value)] as const);
    /** What a subscriber holds who applies events in order: a backend may keep older events of a key for a while. */
    const present = (seen: readonly Event[]) =>
      Object.fromEntries([...new Map(pairs(seen))].filter(([, value]) => value !== null));

    it('gives events in the order of the calls, with growing offsets', async () => {
      const keys = Array.from({ length: 600 }, (_, index) => `key ${index}`);
      const offsets = await Promise.all(keys.map((key) => publish(key, `of ${key}`)));
      expect(offsets).toEqual(offsets.toSorted((a, b) => a - b));
      const seen = await late();
      expect(pairs(seen)).toEqual(keys.map((key) => [key, `of ${key}`]));
      expect(seen.map(({ offset }) => offset)).toEqual(offsets);
    });

    it('is reachable for a topic that exists and for one that does not, which it does not make, until it is closed', async () => {
      await events.reachable(topic);
      await publish('a', '1');
      await events.reachable(topic);
      expect(pairs(await late())).toEqual([['a', '1']]);
      await events.close();
      expect(await refusal(events.reachable(topic))).toBe('closed');
    });

    it('gives a late subscriber the newest event of every key', async () => {
      await Promise.all(['a', 'b', 'a', 'c', 'b', 'a'].map((key, index) => publish(key, `${index}`)));
      expect(present(await late())).toEqual({ c: '3', b: '4', a: '5' });
    });

    it('gives a live subscriber every event of a key, tombstones too', async () => {
      const seen: Event[] = [];
      const subscription = await events.subscribe(topic, (event) => {
        seen.push(event);
      });
      for (const value of ['1', '2', null, '3']) {
        await publish('key', value);
        await subscription.caughtUp();
      }
      expect(pairs(seen)).toEqual([
        ['key', '1'],
        ['key', '2'],
        ['key', null],
        ['key', '3'],
      ]);
    });

    it('does not show a late subscriber a key that is gone, except as gone', async () => {
      await publish('kept', 'here');
      await publish('gone', 'secret');
      await publish('gone', null);
      const seen = await late();
      expect(present(seen)).toEqual({ kept: 'here' });
      expect(
        pairs(seen)
          .filter(([key]) => key === 'gone')
          .at(-1) ?? ['gone', null],
      ).toEqual(['gone', null]);
    });

    it('keeps topics apart', async () => {
      await publish('key', 'mine');
      await events.publish(uniqueTopic(), 'key', bytes('theirs'));
      expect(pairs(await late())).toEqual([['key', 'mine']]);
    });

    it('tells each event its own outcome, a bad one among good ones', async () => {
      const outcomes = await Promise.all([
        refusal(publish('a', 'first')),
        refusal(events.publish(topic, 'b', new Uint8Array(VALUE_MAX + 1))),
        refusal(events.publish(topic, 'c', new Uint8Array(VALUE_MAX))),
      ]);
      expect(outcomes).toEqual(['accepted', 'too_large', 'accepted']);
      expect((await late()).map(({ key }) => key)).toEqual(['a', 'c']);
    });

    it('has its events after a restart, and goes on with greater offsets', async () => {
      const before = await publish('a', 'one');
      await events.close();
      events = await log.open();
      expect(await publish('b', 'two')).toBeGreaterThan(before);
      expect(present(await late())).toEqual({ a: 'one', b: 'two' });
    });

    it('shows two instances of one log each other’s events', async () => {
      const other = await log.open();
      try {
        const seen: Event[] = [];
        const subscription = await other.subscribe(topic, (event) => {
          seen.push(event);
        });
        await publish('a', 'one');
        await subscription.caughtUp();
        expect(present(seen)).toEqual({ a: 'one' });
        await publish('b', 'two');
        // Without a question: it is pushed.
        await vi.waitFor(() => expect(present(seen)).toEqual({ a: 'one', b: 'two' }), { timeout: 10_000 });
        await other.publish(topic, 'a', null);
        expect(present(await late())).toEqual({ b: 'two' });
      } finally {
        await other.close();
      }
    });

    it('finishes what it accepted before it closes, then refuses', async () => {
      const subscription = await events.subscribe(topic, () => {});
      const accepted = Promise.all([publish('a', '1'), publish('b', '2')]);
      await events.close();
      expect(await accepted).toHaveLength(2);
      expect(await refusal(publish('c', '3'))).toBe('closed');
      expect(await refusal(events.subscribe(topic, () => {}))).toBe('closed');
      expect(await refusal(subscription.caughtUp())).toBe('closed');
      await events.close();
      events = await log.open();
      expect(present(await late())).toEqual({ a: '1', b: '2' });
    });

    it('keeps every acknowledged event, once and in order, when a writer is killed', async () => {
      const writer = await log.startWriter(topic);
      await writer.acknowledgedAtLeast(200);
      const acknowledged = await writer.kill();
      const numbers = (await late()).map(({ value }) => (value === null ? Number.NaN : Number(text(value))));
      // The writer issues 0, 1, 2, ... in order, so what is kept is a beginning of that.
      expect(numbers).toEqual(numbers.map((_, index) => index));
      expect(numbers).toEqual(expect.arrayContaining(acknowledged));
    });

    describeEventFollowing({ log: () => log, events: () => events, topic: () => topic });
  });
}
