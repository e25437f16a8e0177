import { CliError, EXIT } from './exit-codes.ts';

/** How long a command may wait for others. What it waits for a person or for stdin does not count. */
export interface TimeLimit {
  /** Milliseconds that are left; null where there is no limit. */
  left(): number | null;
  /** As the work. `drop` gets what comes too late. Throws CliError unreachable when the time is over. */
  within<T>(work: Promise<T>, drop?: (late: T) => unknown): Promise<T>;
}

/** `seconds`: null for none. */
export function createTimeLimit(seconds: number | null): TimeLimit {
  let left = seconds === null ? null : seconds * 1_000;
  return {
    left: () => left,
    async within(work, drop = () => undefined) {
      if (left === null) return work;
      const begun = performance.now();
      const over = new AbortController();
      const late = new Promise<never>((_, fail) => {
        const timer = setTimeout(() => {
          work.then(drop, () => undefined);
          fail(tooLate(seconds));
        }, left ?? 0);
        over.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
      });
      try {
        return await Promise.race([work, late]);
      } finally {
        over.abort();
        left = Math.max(0, left - (performance.now() - begun));
      }
    },
  };
}

const tooLate = (seconds: number | null): CliError =>
  new CliError(
    EXIT.unreachable,
    `Signing in took more than ${seconds} s: nothing was sent. Try again, or give more time: --timeout SECONDS.`,
  );
