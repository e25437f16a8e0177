import type { Writable } from 'node:stream';

/** Lines for stdout, in their order. */
export interface Output {
  /** Resolves when the line was taken. Never resolves nor rejects once the reader has gone: `closed` says so. */
  line(text: string): Promise<void>;
  /** Aborted when nobody reads any more. */
  readonly closed: AbortSignal;
  /** Nobody reads any more, as is known from elsewhere. */
  close(): void;
}

/** Throws, from the stream's own event, what is not the end of the reader. */
export function createOutput(stream: Writable): Output {
  const closing = new AbortController();
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') throw error;
    closing.abort();
  });
  return {
    line: (text) =>
      new Promise((taken) => {
        stream.write(`${text}\n`, (error) => {
          if (!error) taken();
        });
      }),
    closed: closing.signal,
    close: () => closing.abort(),
  };
}
