import { asEventLogError } from './errors.ts';
import type { TakeTurn } from './turns.ts';

export interface Follower {
  /** Something may be there to read: now, or again after the present page. */
  wake(): void;
  /** Rejects when a page could not be read or handed over; pending otherwise. Nobody has to look at it. */
  readonly failed: Promise<never>;
  readonly ended: boolean;
  /** Ends it; with a reason, `failed` rejects. Only the first end counts. */
  end(reason?: unknown): void;
}

/**
 * Hands over page after page, one at a time, whenever it is woken. `page` reads and hands over one page and resolves to
 * true when more may be waiting; what it throws ends the follower. `onEnd` is called once.
 */
export function createFollower(
  takeTurn: TakeTurn,
  page: () => Promise<boolean>,
  onEnd: (reason: unknown) => void,
): Follower {
  let running = false;
  let woken = false;
  let ended = false;
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});

  function wake(): void {
    woken = true;
    if (!running && !ended) takeTurn(turn);
  }

  function turn(): void {
    if (running || ended) return;
    running = true;
    woken = false;
    page().then(
      (more) => {
        running = false;
        if (more || woken) wake();
      },
      (error) => end(asEventLogError(error)),
    );
  }

  function end(reason?: unknown): void {
    if (ended) return;
    ended = true;
    onEnd(reason);
    if (reason !== undefined) fail(reason);
  }

  return {
    wake,
    failed,
    get ended() {
      return ended;
    },
    end,
  };
}
