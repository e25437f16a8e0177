import { EVENT_STREAM_TYPE, HEARTBEAT } from '@secure-chat/wire/event-stream';
import { STREAM_SLOW_MS } from '@secure-chat/wire/limits';
import type { FastifyReply } from 'fastify';
import type { StartStream } from './stream-operation.ts';

/**
 * Milliseconds without progress after which the connection is cut: what ends a slow stream in good manners comes first,
 * and its `bye` may be read for a while.
 */
const STALLED_MS = STREAM_SLOW_MS + 15_000;

/** No proxy stores, rewrites or collects it (nginx: `x-accel-buffering`), and the connection ends with it. */
const HEADERS = {
  'content-type': `${EVENT_STREAM_TYPE}; charset=utf-8`,
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
  connection: 'close',
};

/**
 * Answers with a stream, beginning with a comment at once.
 *
 * There are thousands of them: what is made here are methods, since under `tsx` any other function that has a name costs 0.3 KB more.
 */
export function sendStream(reply: FastifyReply, start: StartStream): void {
  const { raw, request } = reply;
  reply.hijack();
  // A write that meets a connection which has just gone; 'close' follows.
  raw.on('error', () => {});
  raw.socket?.setTimeout(STALLED_MS);
  raw.writeHead(200, { ...HEADERS, 'x-request-id': request.id });
  raw.write(HEARTBEAT);
  // Nobody looks at them any more, and they would stay in memory as long as the stream does.
  request.raw.headers = {};
  request.raw.rawHeaders = [];
  const sink = {
    over: false,
    write(events: string | Uint8Array): boolean {
      return raw.write(events);
    },
    end(): void {
      sink.over = true;
      raw.end();
    },
    lost(): void {
      sink.over = true;
      raw.destroy();
    },
    close(): void {
      if (!sink.over) source.close();
      sink.over = true;
    },
  };
  const source = start(sink);
  raw.on('drain', () => {
    if (!sink.over) source.drained();
  });
  raw.on('close', sink.close);
  if (raw.destroyed) sink.close();
}
