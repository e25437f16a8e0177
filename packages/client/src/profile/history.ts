import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

const Stored = Type.Object({
  sender: Type.String(),
  text: Type.String(),
  at: Type.Number(),
  state: Type.Union([
    Type.Literal('sending'),
    Type.Literal('sent'),
    Type.Literal('failed'),
    Type.Literal('received'),
    Type.Literal('undecryptable'),
  ]),
  failure: Type.Optional(Type.String()),
});

/** A message of the history, in the order of its ids. */
export type StoredMessage = Static<typeof Stored> & { id: number; contact: number };

export interface History {
  get(id: number): StoredMessage;
  /** The newest `limit` messages with an id below `before`, oldest first. */
  page(contact: number, before: number, limit: number): StoredMessage[];
  add(message: Omit<StoredMessage, 'id'>): StoredMessage;
  update(message: StoredMessage): void;
}

type Row = { id: number; contact: number; value: Buffer };

export function createHistory(db: Database, sealer: Sealer): History {
  const column = createSealedColumn(sealer, 'messages', 'value', Stored);
  const selectId = db.prepare<[number], Row>('SELECT id, contact, value FROM messages WHERE id = ?');
  const selectPage = db.prepare<[number, number, number], Row>(
    'SELECT id, contact, value FROM messages WHERE contact = ? AND id < ? ORDER BY id DESC LIMIT ?',
  );
  const next = db.prepare<[], { id: number }>('SELECT coalesce(max(id), 0) + 1 AS id FROM messages');
  const insert = db.prepare<[number, number, Buffer]>(
    'INSERT INTO messages (id, contact, value) VALUES (?, ?, ?)',
  );
  const update = db.prepare<[Buffer, number]>('UPDATE messages SET value = ? WHERE id = ?');
  const open = ({ id, contact, value }: Row): StoredMessage => ({ ...column.open(id, value), id, contact });

  return {
    get(id) {
      const row = selectId.get(id);
      if (!row) throw new Error(`no message ${id}`);
      return open(row);
    },
    page: (contact, before, limit) => selectPage.all(contact, before, limit).map(open).reverse(),
    add({ contact, ...value }) {
      const id = next.get()?.id ?? 1;
      insert.run(id, contact, column.seal(id, value));
      return { id, contact, ...value };
    },
    update: ({ id, contact: _, ...value }) => void update.run(column.seal(id, value), id),
  };
}
