import type { Database } from 'better-sqlite3';
import { asEventLogError } from './errors.ts';
import { createFollower, type Follower } from './follower.ts';
import { createTurns } from './turns.ts';

/** Milliseconds between two looks for commits of other processes. */
const POLL_MS = 10;

export interface Reading {
  readonly topicId: number;
  /** The offset up to which everything was read: a greater head means that there is more. */
  position(): number;
  /** See `createFollower`. */
  page(): Promise<boolean>;
  onEnd?(reason: unknown): void;
}

export interface Followers {
  add(reading: Reading): Follower;
  /** Wakes who follows the topic. */
  wake(topicId: number): void;
}

/**
 * Who follows which topic. A commit of this process wakes its topics' followers by `wake`; commits of other processes on
 * the same file are noticed by polling, only while somebody follows.
 */
export function createFollowers(database: Database): Followers {
  const version = database.prepare<[], number>('PRAGMA data_version').pluck();
  // As pairs: of 2,000 topics, objects would cost a quarter more.
  const heads = database
    .prepare<[string], [id: number, head: number]>(
      'SELECT id, head FROM topic_state WHERE id IN (SELECT value FROM json_each(?))',
    )
    .raw();
  const byTopic = new Map<number, Map<Follower, Reading>>();
  const takeTurn = createTurns();
  let timer: NodeJS.Timeout | undefined;
  let seen: number | undefined;
  let topicIds: string | undefined;

  function poll(): void {
    try {
      const current = version.get();
      if (current === seen) return;
      wakeChanged();
      seen = current;
    } catch (error) {
      for (const group of [...byTopic.values()]) {
        for (const follower of [...group.keys()]) follower.end(asEventLogError(error));
      }
    }
  }

  function wakeChanged(): void {
    topicIds ??= JSON.stringify([...byTopic.keys()]);
    const headOf = new Map(heads.all(topicIds));
    for (const [topicId, group] of byTopic) {
      // No head: the topic is deleted, which the follower finds out by reading.
      const head = headOf.get(topicId) ?? Number.POSITIVE_INFINITY;
      for (const [follower, reading] of group) if (reading.position() < head) follower.wake();
    }
  }

  function remove(topicId: number, follower: Follower): void {
    const group = byTopic.get(topicId);
    if (!group?.delete(follower) || group.size > 0) return;
    byTopic.delete(topicId);
    topicIds = undefined;
    if (byTopic.size === 0) clearInterval(timer);
  }

  function register(reading: Reading, follower: Follower): void {
    const group = byTopic.get(reading.topicId);
    if (group) group.set(follower, reading);
    else {
      if (byTopic.size === 0) timer = setInterval(poll, POLL_MS).unref();
      byTopic.set(reading.topicId, new Map([[follower, reading]]));
      topicIds = undefined;
    }
  }

  return {
    add(reading) {
      const follower = createFollower(takeTurn, reading.page, (reason) => {
        remove(reading.topicId, follower);
        reading.onEnd?.(reason);
      });
      // Registered before the first read: no wake-up falls between the two.
      register(reading, follower);
      follower.wake();
      return follower;
    },
    wake(topicId) {
      for (const follower of byTopic.get(topicId)?.keys() ?? []) follower.wake();
    },
  };
}
