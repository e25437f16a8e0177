import { setTimeout as sleep } from 'node:timers/promises';
import { askPatiently } from '@secure-chat/event-log/ask-patiently';
import { decodePatiently } from '@secure-chat/event-log/decode-patiently';
import type { Mailboxes, MailboxRecord } from '@secure-chat/event-log/mailboxes';
import { createSetAside } from '@secure-chat/event-log/set-aside';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec } from '@secure-chat/wire/events';

/** Milliseconds between two looks for what can go, and for which it is kept longer than it counts: clocks differ. */
const TRIM_MS = 10_000;
const KEPT_MS = 60_000;
const PAGE = { limit: 1_000, maxBytes: 1024 * 1024 };

/** A topic in which gateways tell each other what counts for a while. */
export interface GatewayTopic<T> {
  /** Resolves when the record is durable. */
  append(record: T): Promise<void>;
  /** Rejects when the topic can no longer be followed. */
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

export interface GatewayTopicParts<T> {
  readonly mailboxes: Mailboxes;
  readonly topic: string;
  readonly codec: Codec<T>;
  readonly clock: () => number;
  readonly logger: Logger;
  /** Gets every record, those from before first. Gives until when it counts, milliseconds since the epoch; null sets it aside. */
  readonly onRecord: (record: T) => number | null;
}

/** Resolves when all that stands in the topic was read: a restart forgets nothing. */
export async function openGatewayTopic<T>(parts: GatewayTopicParts<T>): Promise<GatewayTopic<T>> {
  const { mailboxes, topic, codec, clock, logger, onRecord } = parts;
  const setAside = createSetAside(logger);
  const closing = new AbortController();
  const wait = (ms: number): Promise<unknown> => sleep(ms, undefined, { signal: closing.signal });
  /** Until when count the records up to an offset: one of each moment. */
  let ends: { readonly offset: number; readonly until: number }[] = [];

  async function take({ offset, value }: MailboxRecord): Promise<void> {
    const record = await decodePatiently(() => codec.decode(value), {
      wait,
      onWait: (error) => logger.warn({ err: error, topic, offset }, 'a record waits for its schema'),
    });
    const counts = record === null ? null : onRecord(record);
    if (counts === null) return setAside(topic, offset);
    if (counts > (ends.at(-1)?.until ?? 0)) ends.push({ offset, until: counts });
  }

  async function trim(): Promise<void> {
    const kept = ends.findIndex(({ until }) => until + KEPT_MS >= clock());
    const last = ends[(kept === -1 ? ends.length : kept) - 1];
    if (!last) return;
    await mailboxes.trim(topic, last.offset + 1);
    ends = ends.filter(({ offset }) => offset > last.offset);
  }

  const patience = {
    wait,
    onWait: (error: unknown) => logger.warn({ err: error, topic }, 'a follower waits for the event log'),
    isOver: () => closing.signal.aborted,
  };
  await askPatiently(() => mailboxes.create([topic]), patience);
  let position = 0;
  for (;;) {
    const page = await askPatiently(() => mailboxes.read(topic, { from: position, ...PAGE }), patience);
    for (const record of page) await take(record);
    const last = page.at(-1);
    if (!last) break;
    position = last.offset + 1;
  }
  const following = await mailboxes.follow(topic, position, async (batch) => {
    for (const record of batch) if (!closing.signal.aborted) await take(record);
  });
  const trimming = setInterval(() => {
    trim().catch((error: unknown) =>
      logger.warn({ err: error, topic }, 'records that count no more stay in the log for now'),
    );
  }, TRIM_MS).unref();

  return {
    async append(record) {
      await mailboxes.append(topic, await codec.encode(record));
    },
    failed: following.failed,
    async close() {
      clearInterval(trimming);
      closing.abort();
      await following.close();
    },
  };
}
