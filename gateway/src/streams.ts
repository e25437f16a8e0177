import type { Caller } from '@secure-chat/service-kit/internal-identity';
import { sendStream } from '@secure-chat/service-kit/send-stream';
import {
  type StartStream,
  type StreamSink,
  type StreamSource,
  spreadRetryMs,
} from '@secure-chat/service-kit/stream-operation';
import { STREAM_SILENT_MS, STREAM_SLOW_MS } from '@secure-chat/wire/limits';
import { type ByeReason, encodeStreamEvent } from '@secure-chat/wire/stream-events';
import type { FastifyReply } from 'fastify';
import type { SessionActivity } from './session-activity.ts';
import type { StreamPlaces } from './stream-places.ts';
import type { StreamPresence } from './stream-presence.ts';

/** Milliseconds between two looks for streams that are silent or slow: one timer for all. */
const SWEEP_MS = 1_000;

/** The streams of clients that are open at this gateway: at most one of a session. */
export interface Streams {
  /** Answers with the stream of a caller who has entered; an earlier one of the same session ends. */
  start(caller: Caller, reply: FastifyReply, start: StartStream): void;
  /** The session signed a request: its client is there. */
  saw(sessionId: string): void;
  /** The session is over. */
  end(sessionId: string): void;
  count(): number;
  /** Ends all, and each that is started from now on. */
  close(): void;
}

export interface StreamsParts {
  readonly presence: Pick<StreamPresence, 'opened' | 'closed' | 'left'>;
  readonly activity: Pick<SessionActivity, 'saw'>;
  readonly places: Pick<StreamPlaces, 'leave'>;
}

interface ClientStream {
  readonly caller: Caller;
  /** When the session last signed a request, and since when the client has not read what waits; `performance.now()`. */
  signedAt: number;
  fullSince: number | null;
  bye(reason: ByeReason, retryMs?: number): void;
}

export function createStreams({ presence, activity, places }: StreamsParts): Streams {
  const bySession = new Map<string, ClientStream>();
  let closed = false;

  const sweep = (): void => {
    const now = performance.now();
    for (const stream of bySession.values()) {
      activity.saw(stream.caller.sessionId);
      if (now - stream.signedAt > STREAM_SILENT_MS) stream.bye('silent');
      else if (stream.fullSince !== null && now - stream.fullSince > STREAM_SLOW_MS) stream.bye('slow');
    }
  };
  const timer = setInterval(sweep, SWEEP_MS).unref();

  /**
   * Stands between the relay and the client, and puts a `bye` of its own between two events. All of it are methods: see
   * `sendStream`.
   */
  function join(caller: Caller, client: StreamSink, start: StartStream): StreamSource {
    const stream = {
      caller,
      signedAt: performance.now(),
      fullSince: null as number | null,
      over: false,
      finish(): void {
        stream.over = true;
        places.leave(caller);
        presence.closed(caller.username);
        if (bySession.get(caller.sessionId) === stream) bySession.delete(caller.sessionId);
      },
      say(reason: ByeReason, retryMs: number): void {
        client.write(encodeStreamEvent('bye', { reason, retry_ms: retryMs }));
        stream.finish();
        client.end();
      },
      bye(reason: ByeReason, retryMs = 0): void {
        if (stream.over) return;
        stream.say(reason, retryMs);
        if (reason === 'session_over') presence.left(caller);
        relay.close();
      },
    };

    bySession.get(caller.sessionId)?.bye('replaced');
    bySession.set(caller.sessionId, stream);
    presence.opened(caller.username);
    const relay = start({
      write(events) {
        if (stream.over) return true;
        const takesMore = client.write(events);
        if (!takesMore) stream.fullSince ??= performance.now();
        return takesMore;
      },
      end() {
        if (stream.over) return;
        stream.finish();
        client.end();
      },
      lost() {
        if (!stream.over) stream.say('unavailable', spreadRetryMs());
      },
    });
    return {
      drained() {
        stream.fullSince = null;
        relay.drained();
      },
      close() {
        stream.finish();
        presence.left(caller);
        relay.close();
      },
    };
  }

  return {
    start(caller, reply, start) {
      sendStream(reply, (client) => join(caller, client, start));
      if (closed) bySession.get(caller.sessionId)?.bye('drain', spreadRetryMs());
    },
    saw(sessionId) {
      const stream = bySession.get(sessionId);
      if (stream) stream.signedAt = performance.now();
    },
    end: (sessionId) => bySession.get(sessionId)?.bye('session_over'),
    count: () => bySession.size,
    close() {
      closed = true;
      clearInterval(timer);
      for (const stream of [...bySession.values()]) stream.bye('drain', spreadRetryMs());
    },
  };
}
