import { setImmediate } from 'node:timers';

/** Milliseconds of turns per round of the event loop. */
const SLICE_MS = 5;

/** Asks for a turn; asked again before it came, it comes once. A turn is short, synchronous and does not throw. */
export type TakeTurn = (turn: () => void) => void;

/** Turns are taken in the order asked for, and the event loop gets to breathe between slices of them. */
export function createTurns(): TakeTurn {
  const waiting = new Set<() => void>();
  let scheduled = false;

  function slice(): void {
    const until = performance.now() + SLICE_MS;
    for (const turn of waiting) {
      waiting.delete(turn);
      turn();
      if (performance.now() >= until) break;
    }
    scheduled = waiting.size > 0;
    if (scheduled) setImmediate(slice);
  }

  return (turn) => {
    waiting.add(turn);
    if (scheduled) return;
    scheduled = true;
    setImmediate(slice);
  };
}
