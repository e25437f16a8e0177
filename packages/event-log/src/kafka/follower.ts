import type { Offset } from '../events.ts';
import type { FetchedRecord } from './records.ts';

/** Gets records and the offset after them; the records may be none. What it throws ends the following. */
export type Listener = (records: FetchedRecord[], next: Offset) => void | Promise<void>;

/** Who fetches for a follower. */
export interface Fetcher {
  /** A poll is in flight: what is added is named in the next one only. */
  readonly polling: boolean;
  has(topicId: string): boolean;
  add(follower: Follower): void;
  remove(follower: Follower): void;
}

/** One who follows a topic. Its place is a lane's business, and that of all lanes. */
export interface Follower {
  readonly topic: string;
  readonly topicId: string;
  /** Of the leader, as last heard. */
  epoch: number;
  /** The next record wanted. */
  position: Offset;
  /** Records between its position and the topic's end, as the last answer had it. */
  lag: number;
  lane: Fetcher | null;
  /** Where it is on its way to, when it is not there yet. */
  home: Fetcher | null;
  missingSince: number | null;
  /** Its listener has not returned: nothing is fetched for it. */
  readonly busy: boolean;
  readonly ended: boolean;
  readonly failed: Promise<never>;
  deliver(records: FetchedRecord[], next: Offset): void;
  /** Ends it; with a reason, `failed` rejects. Only the first end counts. */
  end(reason?: unknown): void;
}

export interface FollowerOptions {
  readonly topic: string;
  readonly topicId: string;
  readonly from: Offset;
  readonly listener: Listener;
  /** The listener has returned. */
  readonly onReady: (follower: Follower) => void;
  readonly onEnd: (follower: Follower) => void;
}

export function createFollower({
  topic,
  topicId,
  from,
  listener,
  onReady,
  onEnd,
}: FollowerOptions): Follower {
  let busy = false;
  let ended = false;
  let fail: (reason: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Nobody has to look at it.
  failed.catch(() => {});

  async function wait(handled: Promise<void>): Promise<void> {
    busy = true;
    try {
      await handled;
      busy = false;
      if (!ended) onReady(follower);
    } catch (error) {
      follower.end(error);
    }
  }

  const follower: Follower = {
    topic,
    topicId,
    epoch: -1,
    position: from,
    lag: 0,
    lane: null,
    home: null,
    missingSince: null,
    failed,
    get busy() {
      return busy;
    },
    get ended() {
      return ended;
    },
    deliver(records, next) {
      try {
        const handled = listener(records, next);
        if (handled) void wait(handled);
      } catch (error) {
        follower.end(error);
      }
    },
    end(reason) {
      if (ended) return;
      ended = true;
      follower.lane?.remove(follower);
      onEnd(follower);
      if (reason !== undefined) fail(reason);
    },
  };
  return follower;
}
