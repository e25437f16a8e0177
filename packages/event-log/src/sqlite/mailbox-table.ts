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
  findById(id: number): MailboxTopic | undefined;
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
  trim(topic: string, before: Offset): { readonly id: number; readonly start: Offset } | undefined;
}

export function createMailboxTable(database: Database): MailboxTable {
  const MAILBOX = "kind = 'mailbox' AND name = ?";
  const find = database.prepare<[string], MailboxTopic>(
    `SELECT id, start, head, cursor FROM topic WHERE ${MAILBOX}`,
  );
  const findById = database.prepare<[number], MailboxTopic>(
    'SELECT id, start, head, cursor FROM topic WHERE id = ?',
  );
  const create = database.prepare<[string]>("INSERT INTO topic (kind, name) VALUES ('mailbox', ?)");
  const remove = database
    .prepare<[string], number>(`DELETE FROM topic WHERE ${MAILBOX} RETURNING id`)
    .pluck();
  const advance = database.prepare<[string], { id: number; offset: Offset }>(
    `UPDATE topic SET head = head + 1 WHERE ${MAILBOX} RETURNING id, head - 1 AS offset`,
  );
  const insert = database.prepare<[number, Offset, Uint8Array]>(
    'INSERT INTO mailbox_record (topic, offset, value) VALUES (?, ?, ?)',
  );
  const select = database.prepare<[number, Offset, number], MailboxRecord>(
    'SELECT offset, value FROM mailbox_record WHERE topic = ? AND offset >= ? ORDER BY offset LIMIT ?',
  );
  const commit = database.prepare<[Offset, string]>(
    `UPDATE topic SET cursor = max(cursor, min(head, ?)) WHERE ${MAILBOX}`,
  );
  const trim = database.prepare<[Offset, string], { id: number; start: Offset }>(
    `UPDATE topic SET start = max(start, min(head, ?)) WHERE ${MAILBOX} RETURNING id, start`,
  );

  return {
    find: (topic) => find.get(topic),
    findById: (id) => findById.get(id),
    create(topic) {
      // Asked first: where all topics exist, the transaction writes nothing and costs no flush.
      if (find.get(topic) === undefined) create.run(topic);
    },
    delete: (topic) => remove.get(topic),
    append(topic, value) {
      const place = advance.get(topic);
      if (place !== undefined) insert.run(place.id, place.offset, value);
      return place;
    },
    page: (id, from, bounds) => takePage(select.iterate(id, from, bounds.limit + 1), bounds),
    commit: (topic, cursor) => commit.run(cursor, topic).changes > 0,
    trim: (topic, before) => trim.get(before, topic),
  };
}
