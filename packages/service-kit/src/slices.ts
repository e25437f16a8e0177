import { setImmediate } from 'node:timers/promises';

/** Milliseconds of work in one round of the event loop before sockets and timers get their turn. Smaller ones cost rounds. */
const SLICE_MS = 0.5;

/** Rounds between two slices: an honest request, which goes through some, has most of them for itself. */
const ROUNDS = 4;

/** The time that dear work of one kind shares: what is short follows the one before it without a pause. */
export interface Slices {
  /** A slice begins now: nothing was done lately. */
  begin(): void;
  /** Whether the present slice is used up: then it is time to `breathe`. */
  isOver(): boolean;
  /** Resolves at once while the slice lasts, otherwise some rounds of the event loop later. */
  breathe(): Promise<void>;
}

export function createSlices(): Slices {
  let end = 0;
  const isOver = (): boolean => performance.now() >= end;
  const begin = (): void => {
    end = performance.now() + SLICE_MS;
  };
  return {
    begin,
    isOver,
    async breathe() {
      if (!isOver()) return;
      for (let round = 0; round < ROUNDS; round++) await setImmediate();
      begin();
    },
  };
}
