import { setImmediate } from 'node:timers/promises';

/**
 * Milliseconds that searches for a session may hold the event loop before they let others run. Several that breathe at
 * once have a slice each in the next round, and an honest request goes through some rounds: under wrong signatures it takes 1.5 times
 * as long as with a quiet server, with slices of 1.5 ms 3 times. Smaller ones cost rounds.
 */
const SLICE_MS = 0.5;

/** The time that all searches share: those that find at once follow one another without a pause. */
export interface Slices {
  /** Whether the present slice is used up: then it is time to `breathe`. */
  isOver(): boolean;
  /** Resolves at once while the slice lasts, otherwise in the next round of the event loop. */
  breathe(): Promise<void>;
}

export function createSlices(): Slices {
  let end = 0;
  const isOver = (): boolean => performance.now() >= end;
  return {
    isOver,
    async breathe() {
      if (!isOver()) return;
      await setImmediate();
      end = performance.now() + SLICE_MS;
    },
  };
}
