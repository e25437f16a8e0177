import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerSentEvent } from '@secure-chat/wire/event-stream';
import type { Received } from './bodies.ts';
import type { Batch, Early } from './early.ts';
import type { Exchanges } from './exchanges.ts';
import type { Inbox } from './inbox.ts';
import { postAck } from './requests.ts';
import type { Session } from './session.ts';
import { decodeStreamEvent, type StreamEvent } from './stream-events.ts';
import type { EventStream } from './transport.ts';
import { TransportError } from './transport-error.ts';

/** Milliseconds that opening waits for what has waited: with more than that, the client counts as connected meanwhile. */
const LIVE_MS = 5_000;
/** The most that a server's `retry_ms` is heeded. */
const RETRY_MAX_MS = 60_000;

type Ephemeral = Extract<StreamEvent, { name: 'ephemeral' }>['data'];
type Presence = Extract<StreamEvent, { name: 'presence' }>['data'];

/**
 * What the server pushes: stored, then acknowledged. Nothing is acknowledged that is not on the disk, so whatever dies in
 * between, the server gives it again; what was stored before is dropped by its id.
 */
export interface Stream {
  /**
   * Opens it when it is not open, and anew when other presence is wanted by now; resolves when what has waited is stored, or
   * takes long. False when this server has no stream. Throws TransportError.
   */
  open(): Promise<boolean>;
  /** Ends it, when what has come is stored. */
  close(): Promise<void>;
}

export function createStream(options: {
  session: Session;
  inbox: Inbox;
  exchanges: Exchanges;
  early: Early;
  silenceMs: number;
  /** The query of the next stream: whose presence is wanted. */
  query: () => string;
  onReceived: (received: Received) => void;
  onPresence: (presence: Presence) => void;
  onEphemeral: (ephemeral: Ephemeral) => void;
  /** It ended, but not by `close`: null, or why; and the milliseconds after which the server wants it opened again. */
  onEnd: (error: unknown, retryMs: number | null) => void;
}): Stream {
  const { session, inbox, exchanges, early, silenceMs, onReceived, onPresence, onEphemeral, onEnd } = options;
  let open: { stream: EventStream; query: string; reading: Promise<void> } | null = null;
  /** The cursor behind what is stored; undefined before anything was. */
  let stored: string | undefined;
  let acknowledged: string | undefined;
  let acknowledging: Promise<void> | null = null;

  async function acknowledge(): Promise<void> {
    while (stored !== undefined && stored !== acknowledged) {
      const cursor = stored;
      await session.request(postAck(cursor));
      acknowledged = cursor;
    }
  }

  /** One at a time: what is stored meanwhile is acknowledged together. What fails comes with the next one. */
  function acknowledgeSoon(): void {
    acknowledging ??= acknowledge()
      .catch(() => undefined)
      .finally(() => {
        acknowledging = null;
      });
  }

  /** What came at once: keys before what may be under them. */
  async function store(events: readonly StreamEvent[]): Promise<void> {
    const keys = events.flatMap((event) => (event.name === 'key' ? [event.data] : []));
    const messages = events.flatMap((event) => (event.name === 'message' ? [event.data] : []));
    if (keys.length > 0) {
      onReceived(await inbox.receiveKeys(keys));
      await exchanges.answer(onReceived);
    }
    if (messages.length > 0) onReceived(inbox.receiveMessages(messages));
    for (const event of events) {
      if (event.name === 'presence') onPresence(event.data);
      if (event.name === 'ephemeral') onEphemeral(event.data);
    }
  }

  /** Resolves to what the server wants before the next stream; null when it did not say. */
  async function read(stream: EventStream, onLive: () => void): Promise<number | null> {
    for await (const { events, cursor } of early.joined(decoded(stream.batches()))) {
      await store(events);
      if (cursor) stored = cursor;
      acknowledgeSoon();
      if (events.some(({ name }) => name === 'live')) onLive();
      const bye = events.find((event) => event.name === 'bye');
      if (bye) return Math.min(bye.data.retry_ms, RETRY_MAX_MS);
    }
    return null;
  }

  /** Reads until it ends, and says so, unless it was closed. */
  async function follow(stream: EventStream, onLive: () => void): Promise<void> {
    let error: unknown = null;
    let retryMs: number | null = null;
    try {
      retryMs = await read(stream, onLive);
    } catch (cause) {
      error = cause;
    }
    stream.close();
    if (open?.stream !== stream) return;
    open = null;
    onEnd(error, retryMs);
  }

  async function close(): Promise<void> {
    const closing = open;
    open = null;
    closing?.stream.close();
    await closing?.reading;
    await acknowledging;
  }

  return {
    async open() {
      const query = options.query();
      if (open?.query === query) {
        acknowledgeSoon();
        return true;
      }
      await close();
      const request = { path: `/chat/stream${query}`, lastEventId: stored, silenceMs };
      const stream = await session.stream(request).catch((error: unknown) => {
        if (hasNone(error)) return null;
        // The server does not know where that is: it begins where it thinks right.
        if (error instanceof TransportError && error.status === 400) stored = undefined;
        throw error;
      });
      if (!stream) return false;
      const live = new AbortController();
      const reading = follow(stream, () => live.abort());
      open = { stream, query, reading };
      const late = sleep(LIVE_MS, undefined, { signal: live.signal }).catch(() => undefined);
      await Promise.race([late, reading]);
      live.abort();
      return true;
    },
    close,
  };
}

/** What is malformed costs only itself. */
async function* decoded(batches: AsyncIterable<ServerSentEvent[]>): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    const events = batch.flatMap((event) => decodeStreamEvent(event) ?? []);
    yield { events, cursor: batch.at(-1)?.lastEventId || undefined };
  }
}

/** A server of before the stream answers that there is no such thing. */
const hasNone = (error: unknown): boolean =>
  error instanceof TransportError && (error.status === 404 || error.failure === 'not_a_server');
