import { setImmediate } from 'node:timers';

/** Milliseconds of turns per round of the event loop. */
const SLICE_MS = 5;

/** Asks for a turn; asked again before it came, it comes once. A turn is short, synchronous and does not throw. */
export type TakeTurn = (turn: () => void) => void;

/**
 * Turns are taken in the order asked for: the first slice of them as soon as what asks has ended, since who waits for a record waits
 * for a person, and each further one after a breath of the event loop.
 */
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
    setImmediate(breathed);
  }

  function breathed(): void {
    scheduled = waiting.size > 0;
    if (scheduled) slice();
  }

  return (turn) => {
    waiting.add(turn);
    if (scheduled) return;
    scheduled = true;
    queueMicrotask(slice);
  };
}
