import { EventLogError, logClosed } from '../errors.ts';
import type { Event, EventSubscription, Events, Offset } from '../events.ts';
import { VALUE_MAX } from '../limits.ts';
import type { Following } from '../mailboxes.ts';
import { type Metrics, NO_METRICS } from '../metrics.ts';
import { createAccepted } from './accepted.ts';
import type { Brokers } from './brokers.ts';
import { createLanes, type Lanes } from './lanes.ts';
import type { Offsets } from './offsets.ts';
import { createProducer } from './producer.ts';
import type { FetchedRecord } from './records.ts';

/** `Events` on Kafka: compacted topics of one partition. A topic comes to be when it is first published to or subscribed. */
export function createKafkaEvents(
  { cluster, offsets, topics, onTrouble }: Brokers,
  metrics: Metrics = NO_METRICS,
): Events {
  const producer = createProducer(cluster, 'events', metrics);
  const lanes = createLanes({ cluster, offsets, onTrouble, kind: 'events', metrics });
  const accepted = createAccepted();
  const made = new Map<string, Promise<void>>();
  const subscriptions = new Set<EventSubscription>();

  function ensure(topic: string): Promise<void> {
    const present = made.get(topic);
    if (present) return present;
    const making = topics.create([topic], 'events').catch((error: unknown) => {
      made.delete(topic);
      throw error;
    });
    made.set(topic, making);
    return making;
  }

  return {
    publish: (topic, key, value) =>
      accepted.run(async () => {
        if (value && value.byteLength > VALUE_MAX)
          throw new EventLogError('too_large', `A value has at most ${VALUE_MAX} bytes`);
        await ensure(topic);
        return producer.append(topic, { key: Buffer.from(key), value: value && Buffer.from(value) });
      }),
    subscribe: (topic, handler) =>
      accepted.run(async () => {
        await ensure(topic);
        const subscription = await subscribe({ topic, handler, lanes, offsets });
        subscriptions.add(subscription);
        const forget = (): void => void subscriptions.delete(subscription);
        subscription.failed.catch(forget);
        return {
          ...subscription,
          async close() {
            forget();
            await subscription.close();
          },
        };
      }),
    reachable: (topic) =>
      accepted.run(async () => {
        try {
          await offsets.head(topic);
        } catch (error) {
          // That it does not exist is an answer.
          if (!(error instanceof EventLogError && error.code === 'topic_missing')) throw error;
        }
      }),
    async close() {
      await accepted.close();
      producer.close();
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      lanes.close();
    },
  };
}

interface Asked {
  readonly head: Offset;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

async function subscribe(parts: {
  readonly topic: string;
  readonly handler: (event: Event) => void | Promise<void>;
  readonly lanes: Lanes;
  readonly offsets: Offsets;
}): Promise<EventSubscription> {
  const { topic, handler, lanes, offsets } = parts;
  /** Handled up to here, what compaction has removed included. */
  let position = 0;
  let waiting: Asked[] = [];
  const endedBy: unknown[] = [];

  const moveTo = (next: Offset): void => {
    position = next;
    const asked = waiting;
    waiting = asked.filter(({ head }) => head > position);
    for (const { head, resolve } of asked) if (head <= position) resolve();
  };

  const end = (reason: unknown): void => {
    if (endedBy.length > 0) return;
    endedBy.push(reason);
    for (const { reject } of waiting) reject(reason);
    waiting = [];
  };

  const throwIfEnded = (): void => {
    if (endedBy.length > 0) throw endedBy[0];
  };

  async function handle(records: readonly FetchedRecord[], next: Offset): Promise<void> {
    for (const { offset, key, value } of records) {
      const handled = handler({ offset, key: key?.toString() ?? '', value });
      if (handled) await handled;
      if (endedBy.length > 0) return;
      moveTo(offset + 1);
    }
    moveTo(next);
  }

  const following: Following = await lanes.follow(topic, 0, handle);
  following.failed.catch(end);

  return {
    failed: following.failed,
    async caughtUp() {
      throwIfEnded();
      const head = await offsets.head(topic);
      throwIfEnded();
      if (head <= position) return;
      await new Promise<void>((resolve, reject) => waiting.push({ head, resolve, reject }));
    },
    async close() {
      end(logClosed());
      await following.close();
    },
  };
}
