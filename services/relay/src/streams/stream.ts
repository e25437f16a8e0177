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
 *
 * There are thousands of them: all is in one object, since every function that has a name of its own costs 0.3 KB more.
 */
export function startStream(parts: StreamParts, { sink, ...options }: StreamOptions): Stream {
  const { mailboxes, eventOf, setAside, logger } = parts;

  const stream = {
    /** All before this was written. */
    at: options.from,
    over: false,
    /** Resolves when the sink takes more; null while it does. */
    full: null as Gate | null,
    lastWrite: performance.now(),
    followings: [] as Following[],

    write(events: string): void {
      stream.lastWrite = performance.now();
      if (!sink.write(events)) stream.full ??= createGate();
    },

    /** Resolves when it may be written. Throws when the stream is over. */
    async writable(): Promise<void> {
      while (stream.full) await stream.full.opened;
      if (stream.over) throw new Error('the stream is over');
    },

    /** Records of one mailbox, in order. The place is moved in one breath with each write: ids never go back. */
    async deliver(kind: MailboxKind, records: readonly MailboxRecord[]): Promise<void> {
      let page: { readonly next: number; readonly encode: Encode | null }[] = [];
      let size = 0;
      for (const record of records) {
        const encode = await decodePatiently(() => eventOf(kind, record), stream);
        if (encode === null) setAside(options.topics[kind], record.offset);
        page.push({ next: record.offset + 1, encode });
        size += record.value.byteLength;
        if (size < WRITE_CHARACTERS && record !== records.at(-1)) continue;
        await stream.writable();
        stream.writePage(kind, page);
        page = [];
        size = 0;
      }
    },

    writePage(kind: MailboxKind, page: readonly { next: number; encode: Encode | null }[]): void {
      let events = '';
      for (const { next, encode } of page) {
        stream.at = { ...stream.at, [kind]: next };
        if (encode) events += encode(encodeCursor(stream.at));
      }
      if (events !== '') stream.write(events);
    },

    async deliverWaiting(kind: MailboxKind): Promise<void> {
      const head = options.heads[kind];
      while (stream.at[kind] < head && !stream.over) {
        const records = await mailboxes.read(options.topics[kind], { ...PAGE, from: stream.at[kind] });
        const waiting = records.filter(({ offset }) => offset < head);
        // Trimmed meanwhile, or lost: the rest of it does not come any more.
        if (waiting.length === 0) stream.at = { ...stream.at, [kind]: head };
        await stream.deliver(kind, waiting);
      }
    },

    async follow(kind: MailboxKind): Promise<void> {
      const following = await mailboxes.follow(options.topics[kind], stream.at[kind], (batch) =>
        stream.deliver(kind, batch),
      );
      if (stream.over) return following.close();
      stream.followings.push(following);
      following.failed.catch(stream.fail);
    },

    async run(): Promise<void> {
      await stream.deliverWaiting('keys');
      await stream.deliverWaiting('messages');
      await stream.writable();
      stream.write(encodeStreamEvent('live', {}, encodeCursor(stream.at)));
      await stream.follow('keys');
      await stream.follow('messages');
    },

    fail(error: unknown): void {
      if (stream.over) return;
      logger.warn({ err: error }, 'a stream cannot go on; its reader comes again');
      stream.bye('unavailable', 0);
    },

    /** Between two attempts to decode a record; so is `onWait`. */
    async wait(ms: number): Promise<void> {
      if (stream.over) throw new Error('the stream is over');
      await sleep(ms, undefined, { ref: false });
    },
    onWait(error: EventLogError): void {
      logger.warn({ err: error }, 'a record of a stream waits for its schema');
    },

    drained(): void {
      stream.full?.open();
      stream.full = null;
      options.onDrain();
    },
    push(event: string): boolean {
      if (stream.over || stream.full) return false;
      stream.write(event);
      return true;
    },
    beat(since: number): void {
      if (!stream.over && !stream.full && stream.lastWrite <= since) stream.write(HEARTBEAT);
    },
    bye(reason: ByeReason, retryMs: number): void {
      if (stream.over) return;
      sink.write(encodeStreamEvent('bye', { reason, retry_ms: retryMs }));
      stream.close();
      sink.end();
    },
    close(): void {
      stream.over = true;
      stream.full?.open();
      stream.full = null;
      for (const following of stream.followings) void following.close();
      options.onEnd();
    },
  };

  stream.run().catch(stream.fail);
  return stream;
}

interface Gate {
  readonly opened: Promise<void>;
  open(): void;
}

function createGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
