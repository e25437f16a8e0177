/** The longest that a timer of Node holds, in milliseconds. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** Rings at a time that may change: soon after it, and at once when it is over already. */
export interface Alarm {
  /** There may be a new time. */
  schedule(): void;
  stop(): void;
}

export function createAlarm(options: {
  now: () => number;
  /** The next time, Unix milliseconds; null for none. */
  next: () => number | null;
  ring: () => void;
}): Alarm {
  const { now, next, ring } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  function schedule(): void {
    clearTimeout(timer);
    if (stopped) return;
    const at = next();
    if (at === null) return;
    const pauseMs = Math.min(Math.max(0, at - now()), TIMEOUT_MAX_MS);
    timer = setTimeout(() => {
      ring();
      schedule();
    }, pauseMs).unref();
  }

  return {
    schedule,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
