import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { makeWireId } from '../wire-id.ts';
import { Content } from './content.ts';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** What waits: for the server (the outbox), for a key (the undecryptable), for the sender's identity (exchanges). */

const Entry = Type.Object({
  /** Made once; every retry carries the same. */
  wireId: Type.String(),
  /** A text when absent. */
  content: Type.Optional(Content),
  /** The exact bytes that go out and the row of their key; null until the first attempt encrypts. */
  envelope: Type.Union([
    Type.Object({ ratchet: Type.Integer(), message: Type.String() }),
    Type.Object({ key: Type.Integer(), message: Type.String() }),
    Type.Null(),
  ]),
});
export type OutboxEntry = Static<typeof Entry>;
export type Envelope = NonNullable<OutboxEntry['envelope']>;

export interface OutboxTable {
  /** In the order in which they were written. */
  waiting(): { message: number; contact: number }[];
  /** Messages of the contact, in the order in which they were written. */
  of(contact: number): number[];
  /** Whether any waits of the contact. */
  waits(contact: number): boolean;
  /** Null when it does not wait, or no more. */
  get(message: number): OutboxEntry | null;
  put(message: number, contact: number, entry: OutboxEntry): void;
  /** What waits for the contact is to be encrypted again: as another record, and the same message inside. */
  encryptAnew(contact: number): void;
  remove(message: number): void;
}

export function createOutboxTable(db: Database, sealer: Sealer): OutboxTable {
  const column = createSealedColumn(sealer, 'outbox', 'value', Entry);
  const selectAll = db.prepare<[], { message: number; contact: number }>(
    'SELECT message, contact FROM outbox ORDER BY message',
  );
  const selectContact = db.prepare<[number], { message: number }>(
    'SELECT message FROM outbox WHERE contact = ? ORDER BY message',
  );
  const selectAny = db.prepare<[number], unknown>('SELECT 1 FROM outbox WHERE contact = ? LIMIT 1');
  const select = db.prepare<[number], { value: Buffer }>('SELECT value FROM outbox WHERE message = ?');
  const replace = db.prepare<[number, number, Buffer]>(
    'INSERT OR REPLACE INTO outbox (message, contact, value) VALUES (?, ?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM outbox WHERE message = ?');
  const table: OutboxTable = {
    waiting: () => selectAll.all(),
    of: (contact) => selectContact.all(contact).map(({ message }) => message),
    waits: (contact) => selectAny.get(contact) !== undefined,
    get(message) {
      const row = select.get(message);
      return row ? column.open(message, row.value) : null;
    },
    put: (message, contact, entry) => void replace.run(message, contact, column.seal(message, entry)),
    encryptAnew(contact) {
      for (const message of table.of(contact)) {
        const entry = table.get(message);
        if (entry?.envelope) table.put(message, contact, anew(entry));
      }
    },
    remove: (message) => void remove.run(message),
  };
  return table;
}

/** As another record: who could not read the first one has seen its id. */
export const anew = (entry: OutboxEntry): OutboxEntry => ({
  ...entry,
  wireId: makeWireId(),
  envelope: null,
});

const Ciphertext = Type.Object({
  message: Type.String(),
  /** The record's id, where the contact can be asked for the message again; absent under v1. */
  wireId: Type.Optional(Type.String()),
  /** Whether it was asked for. */
  asked: Type.Optional(Type.Boolean()),
});
export type UndecryptableEntry = Static<typeof Ciphertext>;

export interface UndecryptableTable {
  /** The newest `limit` of a contact, oldest first. */
  of(contact: number, limit: number): (UndecryptableEntry & { id: number })[];
  put(message: number, contact: number, entry: UndecryptableEntry): void;
  remove(message: number): void;
  contacts(): number[];
}

export function createUndecryptableTable(db: Database, sealer: Sealer): UndecryptableTable {
  const column = createSealedColumn(sealer, 'undecryptable', 'value', Ciphertext);
  const select = db.prepare<[number, number], { message: number; value: Buffer }>(
    'SELECT message, value FROM undecryptable WHERE contact = ? ORDER BY message DESC LIMIT ?',
  );
  const selectContacts = db.prepare<[], { contact: number }>('SELECT DISTINCT contact FROM undecryptable');
  const replace = db.prepare<[number, number, Buffer]>(
    'INSERT OR REPLACE INTO undecryptable (message, contact, value) VALUES (?, ?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM undecryptable WHERE message = ?');
  return {
    of: (contact, limit) =>
      select
        .all(contact, limit)
        .map(({ message, value }) => ({ id: message, ...column.open(message, value) }))
        .reverse(),
    put: (message, contact, entry) => void replace.run(message, contact, column.seal(message, entry)),
    remove: (message) => void remove.run(message),
    contacts: () => selectContacts.all().map(({ contact }) => contact),
  };
}

/**
 * Exchanges kept of one contact until they can be answered: an honest one has started one or two since its identity was
 * last looked up.
 */
export const WAITING_EXCHANGES_MAX = 16;

const Exchange = Type.Object({ encryptedKey: Type.String() });

export interface WaitingExchangeTable {
  /** Oldest first. */
  all(): { id: number; contact: number; encryptedKey: string }[];
  has(contact: number): boolean;
  /** The oldest of the contact goes when there are too many. */
  add(contact: number, encryptedKey: string): void;
  remove(id: number): void;
}

export function createWaitingExchangeTable(db: Database, sealer: Sealer): WaitingExchangeTable {
  const column = createSealedColumn(sealer, 'waiting_exchanges', 'value', Exchange);
  const selectAll = db.prepare<[], { id: number; contact: number; value: Buffer }>(
    'SELECT id, contact, value FROM waiting_exchanges ORDER BY id',
  );
  const selectContact = db.prepare<[number], { id: number }>(
    'SELECT id FROM waiting_exchanges WHERE contact = ? ORDER BY id',
  );
  const next = db.prepare<[], { id: number }>('SELECT coalesce(max(id), 0) + 1 AS id FROM waiting_exchanges');
  const insert = db.prepare<[number, number, Buffer]>(
    'INSERT INTO waiting_exchanges (id, contact, value) VALUES (?, ?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM waiting_exchanges WHERE id = ?');
  return {
    all: () => selectAll.all().map(({ id, contact, value }) => ({ id, contact, ...column.open(id, value) })),
    has: (contact) => selectContact.get(contact) !== undefined,
    add(contact, encryptedKey) {
      const kept = selectContact.all(contact);
      if (kept.length >= WAITING_EXCHANGES_MAX && kept[0]) remove.run(kept[0].id);
      const id = next.get()?.id ?? 1;
      insert.run(id, contact, column.seal(id, { encryptedKey }));
    },
    remove: (id) => void remove.run(id),
  };
}
