import type { Database } from 'better-sqlite3';
import type { Bell, Listening } from './bell.ts';
import { asEventLogError } from './errors.ts';
import { createFollower, type Follower, type Reading } from './follower.ts';
import { createTurns } from './turns.ts';

/**
 * Milliseconds between two looks for commits of other processes, where their bell cannot be heard. A look that finds none takes 2
 * microseconds, and 500 timers a second 1.5 % of a core; 1,000 of them take 3.5 %.
 */
const POLL_MS = 2;

/** Milliseconds between two looks where it can: a ring may be lost with the process that was to ring, and nobody waits longer. */
const UNHEARD_MS = 50;

/** Milliseconds between two looks at every topic that is followed, 2.7 ms of work at 5,000: what was deleted shows there. */
const ALL_MS = 1_000;

export interface Followers {
  add(reading: Reading): Follower;
  /** How many topics are followed. */
  topics(): number;
  /** Wakes who follows the topic. */
  wake(topicId: number): void;
}

/**
 * Who follows which topic. A commit of this process wakes its topics' followers by `wake`; commits of other processes on
 * the same file are noticed by their bell, only while somebody follows: records at once, that a topic is gone within a second.
 */
export function createFollowers(database: Database, bell: Bell): Followers {
  const version = database.prepare<[], number>('PRAGMA data_version').pluck();
  // As pairs: of 2,000 topics, objects would cost a quarter more.
  const heads = database
    .prepare<[string], [id: number, head: number]>(
      'SELECT id, head FROM topic_state WHERE id IN (SELECT value FROM json_each(?))',
    )
    .raw();
  const newestRecord = database
    .prepare<[], number>('SELECT coalesce(max(id), 0) FROM mailbox_record')
    .pluck();
  // Ids of records only grow, in the order of commits. Topics of events are few.
  const headsSince = database
    .prepare<[number], [id: number, head: number, newest: number]>(
      `SELECT topic, max(offset) + 1, max(id) FROM mailbox_record WHERE id > ? GROUP BY topic
       UNION ALL SELECT id, head, 0 FROM topic WHERE kind = 'events'`,
    )
    .raw();
  const byTopic = new Map<number, Set<Follower>>();
  const takeTurn = createTurns();
  let listening: Listening | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** The versions at the last look, and at the last one at everything; when the next of these may be. */
  let seen: number | undefined;
  let seenAll: number | undefined;
  let allAt = 0;
  /** The newest record of a mailbox at the last look. */
  let newest = 0;
  let topicIds: string | undefined;

  function watchOthers(): void {
    listening = bell.listen(look);
    seenAll = undefined;
    allAt = 0;
    lookLater();
  }

  function ignoreOthers(): void {
    listening?.stop();
    listening = undefined;
    clearTimeout(timer);
  }

  function lookLater(): void {
    timer = setTimeout(
      () => {
        look();
        if (listening) lookLater();
      },
      listening?.hears ? UNHEARD_MS : POLL_MS,
    ).unref();
  }

  function look(): void {
    try {
      const current = version.get();
      if (current !== seenAll && performance.now() >= allAt) {
        lookAtAll();
        seenAll = current;
        allAt = performance.now() + ALL_MS;
      } else if (current !== seen) lookAtNew();
      seen = current;
    } catch (error) {
      for (const group of [...byTopic.values()]) {
        for (const follower of [...group]) follower.end(asEventLogError(error));
      }
    }
  }

  function lookAtNew(): void {
    for (const [topicId, head, record] of headsSince.all(newest)) {
      newest = Math.max(newest, record);
      wakeBelow(topicId, head);
    }
  }

  function lookAtAll(): void {
    newest = newestRecord.get() ?? 0;
    topicIds ??= JSON.stringify([...byTopic.keys()]);
    const headOf = new Map(heads.all(topicIds));
    // No head: the topic is deleted, which the follower finds out by reading.
    for (const topicId of byTopic.keys()) wakeBelow(topicId, headOf.get(topicId) ?? Number.POSITIVE_INFINITY);
  }

  function wakeBelow(topicId: number, head: number): void {
    for (const follower of byTopic.get(topicId) ?? []) if (follower.reading.position < head) follower.wake();
  }

  function remove(follower: Follower): void {
    const { topicId } = follower.reading;
    const group = byTopic.get(topicId);
    if (!group?.delete(follower) || group.size > 0) return;
    byTopic.delete(topicId);
    topicIds = undefined;
    if (byTopic.size === 0) ignoreOthers();
  }

  function register(follower: Follower): void {
    const { topicId } = follower.reading;
    const group = byTopic.get(topicId);
    if (group) {
      group.add(follower);
      return;
    }
    if (byTopic.size === 0) watchOthers();
    byTopic.set(topicId, new Set([follower]));
    topicIds = undefined;
  }

  return {
    add(reading) {
      const follower = createFollower(takeTurn, reading, remove);
      // Registered before the first read: no wake-up falls between the two.
      register(follower);
      follower.wake();
      return follower;
    },
    topics: () => byTopic.size,
    wake(topicId) {
      for (const follower of byTopic.get(topicId) ?? []) follower.wake();
    },
  };
}
