import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** Messages that wait: for the server (the outbox), or for a key (the undecryptable). */

const Entry = Type.Object({
  /** Made once; every retry carries the same. */
  wireId: Type.String(),
  /** The exact bytes that go out and the row of their key; null until the first attempt encrypts. */
  envelope: Type.Union([Type.Object({ key: Type.Integer(), message: Type.String() }), Type.Null()]),
});
export type OutboxEntry = Static<typeof Entry>;

export interface OutboxTable {
  /** In the order in which they were written. */
  waiting(): { message: number; contact: number }[];
  get(message: number): OutboxEntry;
  put(message: number, contact: number, entry: OutboxEntry): void;
  remove(message: number): void;
}

export function createOutboxTable(db: Database, sealer: Sealer): OutboxTable {
  const column = createSealedColumn(sealer, 'outbox', 'value', Entry);
  const selectAll = db.prepare<[], { message: number; contact: number }>(
    'SELECT message, contact FROM outbox ORDER BY message',
  );
  const select = db.prepare<[number], { value: Buffer }>('SELECT value FROM outbox WHERE message = ?');
  const replace = db.prepare<[number, number, Buffer]>(
    'INSERT OR REPLACE INTO outbox (message, contact, value) VALUES (?, ?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM outbox WHERE message = ?');
  return {
    waiting: () => selectAll.all(),
    get(message) {
      const row = select.get(message);
      if (!row) throw new Error(`no outbox entry ${message}`);
      return column.open(message, row.value);
    },
    put: (message, contact, entry) => void replace.run(message, contact, column.seal(message, entry)),
    remove: (message) => void remove.run(message),
  };
}

const Ciphertext = Type.Object({ message: Type.String() });

export interface UndecryptableTable {
  /** The newest `limit` of a contact, oldest first. */
  of(contact: number, limit: number): { message: number; ciphertext: string }[];
  add(message: number, contact: number, ciphertext: string): void;
  remove(message: number): void;
}

export function createUndecryptableTable(db: Database, sealer: Sealer): UndecryptableTable {
  const column = createSealedColumn(sealer, 'undecryptable', 'value', Ciphertext);
  const select = db.prepare<[number, number], { message: number; value: Buffer }>(
    'SELECT message, value FROM undecryptable WHERE contact = ? ORDER BY message DESC LIMIT ?',
  );
  const insert = db.prepare<[number, number, Buffer]>(
    'INSERT INTO undecryptable (message, contact, value) VALUES (?, ?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM undecryptable WHERE message = ?');
  return {
    of: (contact, limit) =>
      select
        .all(contact, limit)
        .map(({ message, value }) => ({ message, ciphertext: column.open(message, value).message }))
        .reverse(),
    add: (message, contact, ciphertext) =>
      void insert.run(message, contact, column.seal(message, { message: ciphertext })),
    remove: (message) => void remove.run(message),
  };
}
