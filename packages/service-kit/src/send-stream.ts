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

/** Answers with a stream, beginning with a comment at once. */
export function sendStream(reply: FastifyReply, start: StartStream): void {
  const { raw, request } = reply;
  reply.hijack();
  // A write that meets a connection which has just gone; 'close' follows.
  raw.on('error', () => {});
  raw.socket?.setTimeout(STALLED_MS);
  raw.writeHead(200, { ...HEADERS, 'x-request-id': request.id });
  raw.write(HEARTBEAT);
  let over = false;
  const source = start({
    write: (events) => raw.write(events),
    end() {
      over = true;
      raw.end();
    },
    lost() {
      over = true;
      raw.destroy();
    },
  });
  const close = (): void => {
    if (!over) source.close();
    over = true;
  };
  raw.on('drain', () => {
    if (!over) source.drained();
  });
  raw.on('close', close);
  if (raw.destroyed) close();
}
