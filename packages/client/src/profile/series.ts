import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type SealedColumn, type Sealer } from './sealed.ts';

/** `Ranges` of message numbers, as they are stored. */
export const StoredRanges = Type.Immutable(
  Type.Array(Type.Immutable(Type.Tuple([Type.Integer(), Type.Integer()]))),
);

const Sent = Type.Object({
  series: Type.String(),
  /** The contact's identity key that it is for, in base64; empty when it does not go on. */
  identity: Type.String(),
  /** Number of the next message. */
  next: Type.Integer(),
  /** What the contact's client said to have stored, and that it was seen. */
  delivered: StoredRanges,
  read: StoredRanges,
  /** What will not come, and what of that the contact was told. */
  gone: StoredRanges,
  toldGone: StoredRanges,
});
/** One's own numbering of the messages to one identity of a contact. */
export type SentSeries = Static<typeof Sent>;

const Received = Type.Object({
  series: Type.String(),
  /** What is stored here, what the person has seen of it, and what of that the contact may know. */
  received: StoredRanges,
  seen: StoredRanges,
  read: StoredRanges,
  /** What the contact was told. */
  toldReceived: StoredRanges,
  toldRead: StoredRanges,
  /** Of what is booked as received: what came while its sender was blocked, and was dropped. */
  ignored: StoredRanges,
  /** Numbers below are too far back to keep book of. */
  floor: Type.Integer(),
  /** The highest number that came and was not kept, while its sender was not accepted. */
  left: Type.Optional(Type.Integer()),
});
/** A contact's numbering of its messages to us. */
export type ReceivedSeries = Static<typeof Received>;

/** Series kept of one contact: a new one begins with each profile that is made or imported. */
export const SERIES_MAX = 32;

/** As a table gave it: `put` finds its row again. */
export type Kept<T> = T & { readonly row: number };

export interface SeriesTable<T> {
  /** The newest of a contact; null when there is none. */
  newest(contact: number): Kept<T> | null;
  /** Null when it is not known, or was dropped. */
  find(contact: number, series: string): Kept<T> | null;
  /** All of a contact, the newest first. */
  of(contact: number): Kept<T>[];
  /** In the row that it was in; a new one drops the oldest of too many. */
  put(contact: number, value: T | Kept<T>): void;
  contacts(): number[];
}

export const createSentSeries = (db: Database, sealer: Sealer): SeriesTable<SentSeries> =>
  createSeriesTable(db, 'sent_series', createSealedColumn(sealer, 'sent_series', 'value', Sent));

export const createReceivedSeries = (db: Database, sealer: Sealer): SeriesTable<ReceivedSeries> =>
  createSeriesTable(db, 'received_series', createSealedColumn(sealer, 'received_series', 'value', Received));

function createSeriesTable<T extends { series: string }>(
  db: Database,
  table: 'sent_series' | 'received_series',
  column: SealedColumn<T>,
): SeriesTable<T> {
  type Row = { id: number; value: Buffer };
  const select = db.prepare<[number], Row>(
    `SELECT id, value FROM ${table} WHERE contact = ? ORDER BY id DESC`,
  );
  const selectContacts = db.prepare<[], { contact: number }>(`SELECT DISTINCT contact FROM ${table}`);
  const next = db.prepare<[], { id: number }>(`SELECT coalesce(max(id), 0) + 1 AS id FROM ${table}`);
  const insert = db.prepare<[number, number, Buffer]>(
    `INSERT INTO ${table} (id, contact, value) VALUES (?, ?, ?)`,
  );
  const update = db.prepare<[Buffer, number]>(`UPDATE ${table} SET value = ? WHERE id = ?`);
  const remove = db.prepare<[number]>(`DELETE FROM ${table} WHERE id = ?`);
  const open = ({ id, value }: Row): Kept<T> => ({ ...column.open(id, value), row: id });

  function find(contact: number, series: string): Kept<T> | null {
    for (const row of select.iterate(contact)) {
      const value = open(row);
      if (value.series === series) return value;
    }
    return null;
  }

  function add(contact: number, value: T): void {
    const id = next.get()?.id ?? 1;
    insert.run(id, contact, column.seal(id, value));
    for (const { id: row } of select.all(contact).slice(SERIES_MAX)) remove.run(row);
  }

  return {
    newest(contact) {
      const row = select.get(contact);
      return row ? open(row) : null;
    },
    find,
    of: (contact) => select.all(contact).map(open),
    put(contact, kept) {
      if (!('row' in kept)) return add(contact, kept);
      update.run(column.seal(kept.row, { ...kept, row: undefined }), kept.row);
    },
    contacts: () => selectContacts.all().map(({ contact }) => contact),
  };
}
