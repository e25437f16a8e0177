import type { Clock } from '../src/ui/ui.ts';
import { NOW } from './chat-fixture.ts';

export interface FakeClock extends Clock {
  /** Milliseconds pass, and timers run when they are due. */
  advance(ms: number): void;
  /** Milliseconds pass in which timers stand still, as while a machine sleeps. */
  sleep(ms: number): void;
  /** Timers that wait. */
  pending(): number;
}

export const createFakeClock = (): FakeClock => {
  let now = NOW;
  /** Of the timers, without sleep. */
  let running = 0;
  const timers = new Set<{ at: number; run: () => void }>();

  const runDue = (until: number): void => {
    for (;;) {
      const [next] = [...timers].filter(({ at }) => at <= until).sort((one, other) => one.at - other.at);
      if (!next) return;
      timers.delete(next);
      now += next.at - running;
      running = next.at;
      next.run();
    }
  };

  return {
    now: () => now,
    startTimer: (run, ms) => {
      const timer = { at: running + ms, run };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: (ms) => {
      const until = running + ms;
      runDue(until);
      now += until - running;
      running = until;
    },
    sleep: (ms) => {
      now += ms;
    },
    pending: () => timers.size,
  };
};
