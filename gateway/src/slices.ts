import { setImmediate } from 'node:timers/promises';

/** Milliseconds that searches for a session may hold the event loop before they let others run. Smaller ones cost rounds. */
const SLICE_MS = 0.5;

/** Rounds of the event loop between two slices: an honest request, which goes through some, has most of them for itself. */
const ROUNDS = 4;

/** The time that all searches share: those that find at once follow one another without a pause. */
export interface Slices {
  /** Whether the present slice is used up: then it is time to `breathe`. */
  isOver(): boolean;
  /** Resolves at once while the slice lasts, otherwise some rounds of the event loop later. */
  breathe(): Promise<void>;
}

export function createSlices(): Slices {
  let end = 0;
  const isOver = (): boolean => performance.now() >= end;
  return {
    isOver,
    async breathe() {
      if (!isOver()) return;
      for (let round = 0; round < ROUNDS; round++) await setImmediate();
      end = performance.now() + SLICE_MS;
    },
  };
}
