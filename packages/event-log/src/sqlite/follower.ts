import { asEventLogError } from './errors.ts';
import type { TakeTurn } from './turns.ts';

/** What is followed, and how it is read. */
export interface Reading {
  readonly topicId: number;
  /** The offset up to which everything was read: a greater head means that there is more. */
  readonly position: number;
  /** Reads and hands over one page; resolves to true when more may be waiting. What it throws ends the follower. */
  page(): Promise<boolean>;
  /** Called once. */
  onEnd(reason: unknown): void;
}

export interface Follower {
  readonly reading: Reading;
  /** Something may be there to read: now, or again after the present page. */
  wake(): void;
  /** Rejects when a page could not be read or handed over; pending otherwise. Nobody has to look at it. */
  readonly failed: Promise<never>;
  readonly ended: boolean;
  /** Ends it; with a reason, `failed` rejects. Only the first end counts. */
  end(reason?: unknown): void;
}

/**
 * Hands over page after page, one at a time, whenever it is woken. `onEnd` is called once, before the reading's own.
 *
 * There are thousands of them: all is in one object of methods, since under `tsx` any other function that has a name costs 0.3 KB more.
 */
export function createFollower(
  takeTurn: TakeTurn,
  reading: Reading,
  onEnd: (follower: Follower) => void,
): Follower {
  const failure: { reject?: (reason: unknown) => void } = {};
  const follower = {
    reading,
    running: false,
    woken: false,
    ended: false,
    failed: new Promise<never>((_, reject) => {
      failure.reject = reject;
    }),

    wake(): void {
      follower.woken = true;
      if (!follower.running && !follower.ended) takeTurn(follower.turn);
    },
    turn(): void {
      if (follower.running || follower.ended) return;
      follower.running = true;
      follower.woken = false;
      void follower.page();
    },
    async page(): Promise<void> {
      try {
        const more = await reading.page();
        follower.running = false;
        if (more || follower.woken) follower.wake();
      } catch (error) {
        follower.end(asEventLogError(error));
      }
    },
    end(reason?: unknown): void {
      if (follower.ended) return;
      follower.ended = true;
      onEnd(follower);
      reading.onEnd(reason);
      if (reason !== undefined) failure.reject?.(reason);
    },
  };
  follower.failed.catch(() => {});
  return follower;
}
