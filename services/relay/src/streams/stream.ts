import { setTimeout as sleep } from 'node:timers/promises';
import { decodePatiently } from '@secure-chat/event-log/decode-patiently';
import type { EventLogError } from '@secure-chat/event-log/errors';
import type { Following, Mailboxes, MailboxRecord } from '@secure-chat/event-log/mailboxes';
import type { SetAside } from '@secure-chat/event-log/set-aside';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { StreamSink, StreamSource } from '@secure-chat/service-kit/stream-operation';
import { type Cursor, encodeCursor } from '@secure-chat/wire/cursor';
import { HEARTBEAT } from '@secure-chat/wire/event-stream';
import type { MailboxKind } from '@secure-chat/wire/internal-api';
import { type ByeReason, encodeStreamEvent } from '@secure-chat/wire/stream-events';
import type { Encode, EventOf } from '../record-events.ts';

/** Records and bytes read at once of what waits: a stream that is not read holds no more of it. */
const PAGE = { limit: 256, maxBytes: 128 * 1024 } as const;
/** Characters of events written at once: what a socket takes before it says that it is full. */
const WRITE_CHARACTERS = 16 * 1024;

export interface StreamParts {
  readonly mailboxes: Mailboxes;
  readonly eventOf: EventOf;
  readonly setAside: SetAside;
  readonly logger: Logger;
}

export interface StreamOptions {
  readonly topics: Readonly<Record<MailboxKind, string>>;
  /** Where it begins, and where what waits at the opening ends. */
  readonly from: Cursor;
  readonly heads: Cursor;
  readonly sink: StreamSink;
  /** It can be written to again. */
  onDrain(): void;
  onEnd(): void;
}

/** One open stream: what waits, then what arrives. */
export interface Stream extends StreamSource {
  /** Writes an event that is stored nowhere; false, and nothing is written, while the reader is behind or gone. */
  push(event: string): boolean;
  /** Writes a comment when nothing was written since this moment (`performance.now()`). */
  beat(since: number): void;
  /** Says why, and ends. */
  bye(reason: ByeReason, retryMs: number): void;
}

/**
 * Sends the keys that wait, then the messages, `live`, and what arrives. A reader that is behind holds the log's
 * listener: one page of each mailbox, and what the sink holds.
 */
export function startStream(parts: StreamParts, options: StreamOptions): Stream {
  const { mailboxes, eventOf, setAside, logger } = parts;
  const { topics, from, heads, sink, onDrain, onEnd } = options;
  /** All before this was written. */
  let at = from;
  let over = false;
  let full: { readonly drained: Promise<void>; readonly release: () => void } | null = null;
  let lastWrite = performance.now();
  const followings: Following[] = [];

  function write(events: string): void {
    lastWrite = performance.now();
    if (sink.write(events)) return;
    let release = (): void => {};
    const drained = new Promise<void>((resolve) => {
      release = resolve;
    });
    full ??= { drained, release };
  }

  const patience = {
    wait: (ms: number) => (over ? Promise.reject(new StreamOver()) : sleep(ms, undefined, { ref: false })),
    onWait: (error: EventLogError) =>
      logger.warn({ err: error }, 'a record of a stream waits for its schema'),
  };

  /** Records of one mailbox, in order. The place is read and moved in one breath with each write: ids never go back. */
  async function deliver(kind: MailboxKind, records: readonly MailboxRecord[]): Promise<void> {
    let page: { readonly next: number; readonly encode: Encode | null }[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      while (full) await full.drained;
      if (over) throw new StreamOver();
      let events = '';
      for (const { next, encode } of page) {
        at = { ...at, [kind]: next };
        if (encode) events += encode(encodeCursor(at));
      }
      page = [];
      size = 0;
      if (events !== '') write(events);
    };
    for (const record of records) {
      const encode = await decodePatiently(() => eventOf(kind, record), patience);
      if (encode === null) setAside(topics[kind], record.offset);
      page.push({ next: record.offset + 1, encode });
      size += record.value.byteLength;
      if (size >= WRITE_CHARACTERS) await flush();
    }
    await flush();
  }

  async function deliverWaiting(kind: MailboxKind): Promise<void> {
    while (at[kind] < heads[kind]) {
      const records = await mailboxes.read(topics[kind], { ...PAGE, from: at[kind] });
      const waiting = records.filter(({ offset }) => offset < heads[kind]);
      // Trimmed meanwhile, or lost: the rest of it does not come any more.
      if (waiting.length === 0) at = { ...at, [kind]: heads[kind] };
      await deliver(kind, waiting);
    }
  }

  async function follow(kind: MailboxKind): Promise<void> {
    const following = await mailboxes.follow(topics[kind], at[kind], (batch) => deliver(kind, batch));
    if (over) return following.close();
    followings.push(following);
    following.failed.catch(fail);
  }

  async function run(): Promise<void> {
    await deliverWaiting('keys');
    await deliverWaiting('messages');
    while (full) await full.drained;
    if (over) return;
    write(encodeStreamEvent('live', {}, encodeCursor(at)));
    await follow('keys');
    await follow('messages');
  }

  function fail(error: unknown): void {
    if (over) return;
    logger.warn({ err: error }, 'a stream cannot go on; its reader comes again');
    bye('unavailable', 0);
  }

  function stop(): void {
    over = true;
    full?.release();
    full = null;
    for (const following of followings) void following.close();
    onEnd();
  }

  function bye(reason: ByeReason, retryMs: number): void {
    if (over) return;
    sink.write(encodeStreamEvent('bye', { reason, retry_ms: retryMs }));
    stop();
    sink.end();
  }

  run().catch(fail);
  return {
    drained() {
      full?.release();
      full = null;
      onDrain();
    },
    close: stop,
    push(event) {
      if (over || full) return false;
      write(event);
      return true;
    },
    beat(since) {
      if (!over && !full && lastWrite <= since) write(HEARTBEAT);
    },
    bye,
  };
}

/** Ends what is under way when the stream is over: nobody is told. */
class StreamOver extends Error {}
