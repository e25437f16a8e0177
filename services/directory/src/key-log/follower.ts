import type { EventSubscription, Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import { retryDatabase } from '@secure-chat/service-kit/database-trouble';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec, KeyLogRecord } from '@secure-chat/wire/events';
import { KEY_LOG_TOPIC } from '@secure-chat/wire/names';
import { type Head, headAfter, nextEntry, START } from './chain.ts';
import type { KeyLogTables } from './tables.ts';

export interface KeyLogFollowerOptions {
  readonly events: Events;
  readonly codec: Codec<KeyLogRecord>;
  readonly tables: KeyLogTables;
  readonly logger: Logger;
  /** Aborted: a database that is away is not waited for any more. */
  readonly closing: AbortSignal;
}

export interface KeyLogFollower extends EventSubscription {
  /** Where the log ends, as far as the tables have it. */
  head(): Head;
}

/**
 * Brings the tables up to date with `chat.key-log`, and keeps them so. Of the records that want to be the entry after the
 * present last one the first is, in every directory; the others are passed over, and published again by who wanted them.
 */
export async function followKeyLog(options: KeyLogFollowerOptions): Promise<KeyLogFollower> {
  const { tables, logger } = options;
  const { isCopy, ...following } = await follow(options, await tables.head());
  if (isCopy()) return following;
  // Another log than the one that the tables were made from: what they end with is nowhere in it.
  logger.warn({ topic: KEY_LOG_TOPIC }, 'the tables are no copy of the key log, and are made anew');
  await following.close();
  await tables.clear();
  return follow(options, START);
}

async function follow(
  { events, codec, tables, logger, closing }: KeyLogFollowerOptions,
  from: Head,
): Promise<KeyLogFollower & { isCopy(): boolean }> {
  let head = from;
  // Whether the entry came by that the tables end with. Its hash vouches for all that are before it.
  let joined = from.size === 0;
  const topic = { events, topic: KEY_LOG_TOPIC, codec, logger };
  const subscription = await followRecords(topic, async ({ record, offset }, setAside) => {
    if (record !== null && !joined) {
      joined = record.index === head.size - 1 && record.hash === head.hash.toString('hex');
      return;
    }
    const entry = record && nextEntry(head, record);
    if (!entry) {
      setAside();
      return;
    }
    if (entry === 'late') {
      logger.debug({ topic: KEY_LOG_TOPIC, offset }, 'an entry came too late: another one was first');
      return;
    }
    await retryDatabase(() => tables.apply(entry), closing);
    head = headAfter(entry);
  });
  await subscription.caughtUp();
  return { ...subscription, head: () => head, isCopy: () => joined };
}
