import { setTimeout as delay } from 'node:timers/promises';
import { logClosed } from '../errors.ts';

/** Milliseconds that closing waits for what was accepted: a process has 4.5 s to end. */
const CLOSE_MS = 3_000;

/** Calls that were accepted: closing waits for them, and what comes later is refused. */
export interface Accepted {
  readonly closed: boolean;
  /** Runs the call; rejects with `closed` after `close`. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Refuses from now on. Resolves when every accepted call has ended, or took too long. */
  close(): Promise<void>;
}

export function createAccepted(): Accepted {
  const running = new Set<Promise<unknown>>();
  let closed = false;
  return {
    get closed() {
      return closed;
    },
    run(call) {
      if (closed) return Promise.reject(logClosed());
      const accepted = call();
      running.add(accepted);
      const end = (): void => void running.delete(accepted);
      accepted.then(end, end);
      return accepted;
    },
    async close() {
      closed = true;
      if (running.size === 0) return;
      const given = new AbortController();
      const tooLong = delay(CLOSE_MS, undefined, { signal: given.signal }).catch(() => {});
      await Promise.race([Promise.allSettled(running), tooLong]);
      given.abort();
    },
  };
}
