import { setImmediate } from 'node:timers/promises';

/**
 * Milliseconds that searches for a session may hold the event loop before they let others run. Several that breathe at
 * once have a slice each in the next round: two scans and a look at the recent sessions stay under 5 ms.
 */
const SLICE_MS = 1.5;

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
