import type { Database } from 'better-sqlite3';

/** Milliseconds for which a tombstone is kept, so that who follows live sees it. */
export const TOMBSTONE_MS = 24 * 60 * 60_000;

/** Milliseconds between two looks for old tombstones. */
const PURGE_EVERY_MS = 60 * 60_000;

/** Records removed per statement: 8 of the largest (2,000 pages) take about 3 ms. */
const SLICE = 8;

export interface Sweeper {
  /** Inside a transaction: the topic's records below the offset may go. */
  discard(topicId: number, before: number): void;
  /** Inside a transaction: removes until `performance.now()` is `until`; true when more is left. */
  sweep(until: number): boolean;
}

/** Removes what is trimmed, deleted or old in slices, so that a large removal never holds the event loop. */
export function createSweeper(database: Database, now: () => number): Sweeper {
  const discard = database.prepare<[number, number]>(
    `INSERT INTO discarded (topic, before) VALUES (?, ?)
     ON CONFLICT (topic) DO UPDATE SET before = max(before, excluded.before)`,
  );
  const next = database.prepare<[], { topic: number; before: number; first: number | null }>(
    `SELECT topic, before, (SELECT min(offset) FROM mailbox_record r WHERE r.topic = d.topic) AS first
     FROM discarded d LIMIT 1`,
  );
  const done = database.prepare<[number]>('DELETE FROM discarded WHERE topic = ?');
  const remove = database.prepare<[number, number]>(
    'DELETE FROM mailbox_record WHERE topic = ? AND offset < ?',
  );
  const purge = database.prepare<[number]>(
    `DELETE FROM event WHERE (topic, offset) IN
     (SELECT topic, offset FROM event WHERE value IS NULL AND at < ? LIMIT ${SLICE})`,
  );
  let discards = true;
  let purgeAt = Number.NEGATIVE_INFINITY;

  function sweepDiscarded(): void {
    const row = next.get();
    if (row === undefined) discards = false;
    else if (row.first === null || row.first >= row.before) done.run(row.topic);
    else remove.run(row.topic, Math.min(row.before, row.first + SLICE));
  }

  function purgeTombstones(): void {
    if (purge.run(now() - TOMBSTONE_MS).changes < SLICE) purgeAt = now() + PURGE_EVERY_MS;
  }

  return {
    discard(topicId, before) {
      discard.run(topicId, before);
      discards = true;
    },
    sweep(until) {
      while (discards && performance.now() < until) sweepDiscarded();
      while (purgeAt <= now() && performance.now() < until) purgeTombstones();
      return discards || purgeAt <= now();
    },
  };
}
