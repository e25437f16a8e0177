import type { Database } from 'better-sqlite3';
import type { Offset } from '../events.ts';
import type { MailboxRecord } from '../mailboxes.ts';
import { takePage } from './page.ts';

export interface MailboxTopic {
  readonly id: number;
  readonly start: Offset;
  readonly head: Offset;
  readonly cursor: Offset;
}

/** The statements of mailbox topics. What changes something runs inside a transaction; undefined: no such topic. */
export interface MailboxTable {
  find(topic: string): MailboxTopic | undefined;
  /** The first offset that is kept. */
  startOf(id: number): Offset | undefined;
  create(topic: string): void;
  /** Its id; the records stay, for the sweeper. */
  delete(topic: string): number | undefined;
  append(topic: string, value: Uint8Array): { readonly id: number; readonly offset: Offset } | undefined;
  page(
    id: number,
    from: Offset,
    bounds: { readonly limit: number; readonly maxBytes: number },
  ): { records: MailboxRecord[]; cut: boolean };
  /** False: no such topic. */
  commit(topic: string, cursor: Offset): boolean;
  /** The records below `start` may go; null when they may already. */
  trim(topic: string, before: Offset): { readonly id: number; readonly start: Offset } | null | undefined;
}

export function createMailboxTable(database: Database): MailboxTable {
  const find = database.prepare<[string], MailboxTopic>(
    "SELECT id, start, head, cursor FROM topic_state WHERE kind = 'mailbox' AND name = ?",
  );
  const startOf = database.prepare<[number], Offset>('SELECT start FROM topic WHERE id = ?').pluck();
  const create = database.prepare<[string]>("INSERT INTO topic (kind, name) VALUES ('mailbox', ?)");
  const remove = database
    .prepare<[string], number>("DELETE FROM topic WHERE kind = 'mailbox' AND name = ? RETURNING id")
    .pluck();
  const insert = database.prepare<[number, Offset, Uint8Array]>(
    'INSERT INTO mailbox_record (topic, offset, value) VALUES (?, ?, ?)',
  );
  const select = database.prepare<[number, Offset, number], MailboxRecord>(
    'SELECT offset, value FROM mailbox_record WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?',
  );
  const setCursor = database.prepare<[Offset, number]>('UPDATE topic SET cursor = ? WHERE id = ?');
  const setStart = database.prepare<[Offset, number]>('UPDATE topic SET start = ? WHERE id = ?');

  return {
    find: (topic) => find.get(topic),
    startOf: (id) => startOf.get(id),
    create(topic) {
      // Asked first: where all topics exist, the transaction writes nothing and costs no flush.
      if (find.get(topic) === undefined) create.run(topic);
    },
    delete: (topic) => remove.get(topic),
    append(topic, value) {
      const place = find.get(topic);
      if (place === undefined) return undefined;
      insert.run(place.id, place.head, value);
      return { id: place.id, offset: place.head };
    },
    page: (id, from, bounds) => takePage(select.iterate(id, from, bounds.limit + 1), bounds),
    commit(topic, cursor) {
      const place = find.get(topic);
      if (place === undefined) return false;
      const moved = Math.min(cursor, place.head);
      if (moved > place.cursor) setCursor.run(moved, place.id);
      return true;
    },
    trim(topic, before) {
      const place = find.get(topic);
      if (place === undefined) return undefined;
      const start = Math.min(before, place.head);
      if (start <= place.start) return null;
      setStart.run(start, place.id);
      return { id: place.id, start };
    },
  };
}
