import type { Writable } from 'node:stream';

/** Lines for stdout, in their order. */
export interface Output {
  /** Resolves when the line was taken. Never resolves nor rejects once the reader has gone: `closed` says so. */
  line(text: string): Promise<void>;
  /** Aborted when nobody reads any more. */
  readonly closed: AbortSignal;
  /** Looks for its reader no more. */
  release(): void;
}

/** Milliseconds between two looks for a reader: a pipeline is back at its prompt before one wonders, for two system calls. */
export const LOOK_MS = 1_000;

/**
 * Throws, from the stream's own event, what is not the end of the reader. `hasReader` is asked now and then: who waits for others
 * writes nothing by which the end would be seen.
 */
export function createOutput(stream: Writable, hasReader: () => Promise<boolean>): Output {
  const closing = new AbortController();
  const looking = setInterval(async () => {
    if (!(await hasReader())) closing.abort();
  }, LOOK_MS).unref();
  closing.signal.addEventListener('abort', () => clearInterval(looking), { once: true });
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
    release: () => clearInterval(looking),
  };
}
