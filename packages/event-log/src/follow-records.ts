import { setTimeout as sleep } from 'node:timers/promises';
import type { Codec } from '@secure-chat/wire/events';
import { askPatiently } from './ask-patiently.ts';
import { decodePatiently } from './decode-patiently.ts';
import type { EventLogError } from './errors.ts';
import type { EventSubscription, Events, Offset } from './events.ts';
import type { Logger } from './logger.ts';
import { createSetAside } from './set-aside.ts';

export interface RecordEvent<T> {
  readonly offset: Offset;
  readonly key: string;
  /** Null is a tombstone: the key is gone. */
  readonly record: T | null;
}

/** Gets one record at a time. A record that makes no sense to it is set aside by `setAside`. */
export type RecordHandler<T> = (event: RecordEvent<T>, setAside: () => void) => void | Promise<void>;

export interface FollowRecordsOptions<T> {
  readonly events: Events;
  readonly topic: string;
  readonly codec: Codec<T>;
  readonly logger: Logger;
  /** Waits so many milliseconds; rejects at once when aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

/**
 * `Events.subscribe`, of decoded records. What does not decode is set aside. While a schema is needed that the registry
 * does not give, the reader waits at that record: passing it over would lose it. Subscribing, and the first `caughtUp`, wait a
 * minute for a log that is away: a service begins with them.
 */
export async function followRecords<T>(
  options: FollowRecordsOptions<T>,
  handler: RecordHandler<T>,
): Promise<EventSubscription> {
  const { events, topic, codec, logger, wait = (ms, signal) => sleep(ms, undefined, { signal }) } = options;
  const setAside = createSetAside(logger);
  const closing = new AbortController();

  const decode = (value: Uint8Array, offset: Offset): Promise<T | null> =>
    decodePatiently(() => codec.decode(value), {
      wait: (ms) => wait(ms, closing.signal),
      onWait: (error) => logger.warn({ err: error, topic, offset }, 'a record waits for its schema'),
    });

  let isEnded = false;
  const patience = {
    // One that is closed asks at once, and is told so.
    wait: (ms: number) => wait(ms, closing.signal).catch(() => {}),
    onWait: (error: EventLogError) =>
      logger.warn({ err: error, topic }, 'a follower waits for the event log'),
    isOver: () => isEnded,
  };

  const follow = () =>
    events.subscribe(topic, async ({ offset, key, value }) => {
      if (value === null) return handler({ offset, key, record: null }, () => setAside(topic, offset));
      let record: T | null;
      try {
        record = await decode(value, offset);
      } catch (error) {
        if (closing.signal.aborted) return;
        throw error;
      }
      if (closing.signal.aborted) return;
      if (record === null) setAside(topic, offset);
      else await handler({ offset, key, record }, () => setAside(topic, offset));
    });
  const subscription = await askPatiently(follow, patience);
  subscription.failed.catch(() => {
    isEnded = true;
  });
  let hasCaughtUp = false;

  return {
    async caughtUp() {
      const ask = (): Promise<void> => subscription.caughtUp();
      await (hasCaughtUp ? ask() : askPatiently(ask, patience));
      hasCaughtUp = true;
    },
    failed: subscription.failed,
    close() {
      closing.abort();
      return subscription.close();
    },
  };
}
