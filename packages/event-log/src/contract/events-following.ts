import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Event, Events } from '../events.ts';
import type { LogUnderTest } from './harness.ts';
import { bytes, gate, refusal, text, uniqueTopic } from './values.ts';

const Step = fc.oneof(
  fc.record({
    type: fc.constant('publish' as const),
    by: fc.nat(1),
    key: fc.integer({ min: 0, max: 5 }).map((number) => `key ${number}`),
    value: fc.option(fc.integer().map(String)),
  }),
  fc.record({ type: fc.constant('subscribe' as const), by: fc.nat(1), slow: fc.boolean() }),
  fc.record({ type: fc.constant('wait' as const) }),
);

/** The part of the events' contract that is about `subscribe`. */
export function describeEventFollowing(given: {
  log(): LogUnderTest<Events>;
  events(): Events;
  topic(): string;
}): void {
  const publish = (key: string, value = key) => given.events().publish(given.topic(), key, bytes(value));

  describe('subscribe', () => {
    it('ends with the state that was published, whoever subscribes when', async () => {
      const instances = [given.events(), await given.log().open()] as const;
      try {
        await fc.assert(
          fc.asyncProperty(fc.array(Step, { minLength: 1, maxLength: 40 }), async (steps) => {
            const topic = uniqueTopic();
            const state = new Map<string, string>();
            const followers: { state: Map<string, string>; offsets: number[]; caughtUp(): Promise<void> }[] =
              [];
            for (const step of steps) {
              if (step.type === 'wait') await new Promise(setImmediate);
              else if (step.type === 'publish') {
                const value = step.value === null ? null : bytes(step.value);
                await instances[step.by === 0 ? 0 : 1].publish(topic, step.key, value);
                if (step.value === null) state.delete(step.key);
                else state.set(step.key, step.value);
              } else {
                const follower = { state: new Map<string, string>(), offsets: [] as number[] };
                const handler = async ({ offset, key, value }: Event) => {
                  if (step.slow) await new Promise(setImmediate);
                  follower.offsets.push(offset);
                  if (value === null) follower.state.delete(key);
                  else follower.state.set(key, text(value));
                };
                const { caughtUp } = await instances[step.by === 0 ? 0 : 1].subscribe(topic, handler);
                followers.push({ ...follower, caughtUp });
              }
            }
            for (const follower of followers) {
              await follower.caughtUp();
              expect(follower.state).toEqual(state);
              expect(follower.offsets).toEqual([...new Set(follower.offsets)].toSorted((a, b) => a - b));
            }
          }),
          { numRuns: 40 },
        );
      } finally {
        await instances[1].close();
      }
    });

    it('is caught up at once on an empty topic', async () => {
      const handler = vi.fn();
      const subscription = await given.events().subscribe(given.topic(), handler);
      await subscription.caughtUp();
      expect(handler).not.toHaveBeenCalled();
    });

    it('is caught up only when the handler has returned', async () => {
      const slow = gate();
      const done: string[] = [];
      const subscription = await given.events().subscribe(given.topic(), async ({ key }) => {
        await slow.opened;
        done.push(key);
      });
      await publish('a');
      await publish('b');
      const asked = Promise.all([subscription.caughtUp(), subscription.caughtUp()]).then(() => [...done]);
      slow.open();
      expect(await asked).toEqual(['a', 'b']);
    });

    it('is not caught up before a key that was published again while the handler was busy', async () => {
      const slow = gate();
      const begun = gate();
      const done = new Set<string>();
      const keys = Array.from({ length: 1_000 }, (_, index) => `key ${index}`);
      await Promise.all(keys.map((key) => publish(key)));
      const subscription = await given.events().subscribe(given.topic(), async ({ key }) => {
        begun.open();
        await slow.opened;
        done.add(key);
      });
      await begun.opened;
      const asked = subscription.caughtUp().then(() => new Set(done));
      await Promise.all(keys.slice(900).map((key) => publish(key, 'again')));
      slow.open();
      expect(await asked).toEqual(new Set(keys));
    });

    it('gives the handler one event at a time', async () => {
      let inside = 0;
      let most = 0;
      const subscription = await given.events().subscribe(given.topic(), async () => {
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
      });
      await Promise.all(Array.from({ length: 50 }, (_, index) => publish(`${index}`)));
      await subscription.caughtUp();
      expect(most).toBe(1);
    });

    it('ends with the handler’s error, and leaves other subscriptions alone', async () => {
      const seen: string[] = [];
      const bad = await given.events().subscribe(given.topic(), () => {
        throw new Error('cannot read this');
      });
      const good = await given.events().subscribe(given.topic(), ({ key }) => {
        seen.push(key);
      });
      await publish('a');
      await expect(bad.caughtUp()).rejects.toThrow('cannot read this');
      await expect(bad.failed).rejects.toThrow('cannot read this');
      await expect(bad.caughtUp()).rejects.toThrow('cannot read this');
      await publish('b');
      await good.caughtUp();
      expect(seen).toEqual(['a', 'b']);
    });

    it('begins no call after it is closed, even in the middle of what is waiting', async () => {
      const seen: string[] = [];
      await Promise.all(['a', 'b', 'c'].map((key) => publish(key)));
      const witness = await given.events().subscribe(given.topic(), () => {});
      const subscription = await given.events().subscribe(given.topic(), async ({ key }) => {
        seen.push(key);
        if (key === 'b') await subscription.close();
      });
      const pending = refusal(subscription.caughtUp());
      await publish('d');
      await witness.caughtUp();
      expect(await pending).toBe('closed');
      expect(seen).toEqual(['a', 'b']);
      expect(await refusal(subscription.caughtUp())).toBe('closed');
      await subscription.close();
    });
  });
}
