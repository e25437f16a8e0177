import { AppError } from './app-error.ts';
import { createSlices } from './slices.ts';

/** How much may be under way, and wait. */
export interface TurnsBounds {
  /** Of what was begun, so much is under way; where work goes on after it waited, that is what bounds a round. */
  readonly atOnce: number;
  /** Of everybody: each holds a body of 64 KiB at most. */
  readonly waiting: number;
  /** Of one address or user: whoever shares it with a flood is behind so many. */
  readonly waitingOfOne: number;
}

const USUAL: TurnsBounds = { atOnce: Number.POSITIVE_INFINITY, waiting: 2_048, waitingOfOne: 256 };

/** Work that came together is begun one after the other: those who asked take turns, and each round has its slice of time. */
export interface Turns {
  /**
   * Does it when its turn comes, at once where nothing waits. `who`: an address or a user, in whose turn it is. Throws
   * `unavailable` when too much waits, and what the work throws.
   */
  take<T>(who: string, act: () => Promise<T>): Promise<T>;
}

/**
 * All that arrives in one round of the event loop would otherwise be done before anything else: two thousand challenges of four
 * addresses would be a second in which nobody is answered. What each piece of work takes until it first waits is measured, and
 * when a slice is used up the rest waits for some rounds.
 */
export function createTurns(bounds: Partial<TurnsBounds> = {}): Turns {
  const { atOnce, waiting: waitingMax, waitingOfOne } = { ...USUAL, ...bounds };
  /** By who asked; the one whose turn is next comes first. */
  const queues = new Map<string, (() => void)[]>();
  let waiting = 0;
  let underWay = 0;
  let serving = false;
  const slices = createSlices();

  const serve = async (): Promise<void> => {
    if (serving) return;
    serving = true;
    slices.begin();
    for (let [next] = queues; next && underWay < atOnce; [next] = queues) {
      const [who, queue] = next;
      queues.delete(who);
      const begin = queue.shift();
      if (queue.length > 0) queues.set(who, queue);
      waiting -= 1;
      begin?.();
      await untilItWaits();
      await slices.breathe();
    }
    serving = false;
  };

  return {
    async take(who, act) {
      const queue = queues.get(who) ?? [];
      if (waiting >= waitingMax || queue.length >= waitingOfOne) throw new AppError('unavailable');
      const turn = new Promise<void>((resolve) => queue.push(resolve));
      queues.set(who, queue);
      waiting += 1;
      void serve();
      await turn;
      underWay += 1;
      try {
        return await act();
      } finally {
        underWay -= 1;
        void serve();
      }
    },
  };
}

/** Resolves when what was begun waits for something other than promises that are settled. */
const untilItWaits = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
