import type { Clock } from '../ui/ui.ts';

/** Notices that nobody has touched a key for a while. */
export interface IdleLock {
  /** Counts from now on. */
  start(): void;
  stop(): void;
  /** A key was pressed. */
  touch(): void;
}

export interface IdleLockOptions {
  readonly clock: Clock;
  /** Milliseconds; 0 for never. */
  readonly afterMs: number;
  readonly onIdle: () => void;
}

/** Milliseconds between two looks at the clock: a timer stands still while the machine sleeps, the time of day does not. */
const LOOK_MS = 10_000;

/** Says once that `afterMs` have passed without a key. A key that comes later than that is no sign of the same person. */
export const createIdleLock = ({ clock, afterMs, onIdle }: IdleLockOptions): IdleLock => {
  let touchedAt = 0;
  let cancel: (() => void) | null = null;

  const stop = (): void => {
    cancel?.();
    cancel = null;
  };

  /** False when it is too late. */
  const look = (): boolean => {
    stop();
    const left = touchedAt + afterMs - clock.now();
    if (left <= 0) {
      onIdle();
      return false;
    }
    cancel = clock.startTimer(look, Math.min(left, LOOK_MS));
    return true;
  };

  return {
    start() {
      if (afterMs === 0) return;
      touchedAt = clock.now();
      look();
    },
    stop,
    touch() {
      if (cancel && look()) touchedAt = clock.now();
    },
  };
};
