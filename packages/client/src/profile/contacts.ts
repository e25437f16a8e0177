import { foldName } from '@secure-chat/wire/names';
import type { Database } from 'better-sqlite3';
import { Type } from 'typebox';
import { createSealedColumn, rememberOpened, type Sealer } from './sealed.ts';

/** Somebody who wrote, was written to, or was added. */
export interface StoredContact {
  id: number;
  username: string;
  unread: number;
  /** The newest message that the person has seen, by its id; null where that is not known. */
  readTo: number | null;
  lastMessageAt: number | null;
  /** Row of the symmetric key that the next message goes under; null before there is one. */
  sendKey: number | null;
  /** Seconds after which messages are deleted on both sides; 0 for never. */
  timer: number;
  /** When that was set, Unix milliseconds: of two settings the later one holds. */
  timerSetAt: number;
  /** The person has written to them, added or accepted them. Of others nothing is told to their clients. */
  accepted: boolean;
  /** Messages of one who is not accepted that came and were not kept. */
  notKept: number;
  /** Nothing of what they write is shown, and nothing is sent to them. */
  blocked: boolean;
  /** What they write makes no noise. */
  muted: boolean;
  /** Stands before the others. */
  pinned: boolean;
  /** The person's own words about the contact, for nobody else. */
  note: string;
}

const Stored = Type.Object({
  username: Type.String(),
  unread: Type.Integer(),
  readTo: Type.Optional(Type.Union([Type.Integer(), Type.Null()])),
  lastMessageAt: Type.Union([Type.Number(), Type.Null()]),
  sendKey: Type.Union([Type.Integer(), Type.Null()]),
  timer: Type.Optional(Type.Integer()),
  timerSetAt: Type.Optional(Type.Number()),
  accepted: Type.Optional(Type.Boolean()),
  notKept: Type.Optional(Type.Integer()),
  blocked: Type.Optional(Type.Boolean()),
  muted: Type.Optional(Type.Boolean()),
  pinned: Type.Optional(Type.Boolean()),
  note: Type.Optional(Type.String()),
});
const StoredKey = Type.Object({ pem: Type.String() });

/** Of a contact of whom nothing was set: those of before there were requests are accepted. */
const UNSET = {
  accepted: true,
  notKept: 0,
  readTo: null,
  timer: 0,
  timerSetAt: 0,
  blocked: false,
  muted: false,
  pinned: false,
  note: '',
};

export interface ContactTable {
  all(): StoredContact[];
  find(username: string): StoredContact | null;
  get(id: number): StoredContact;
  /** The contact of this name, made when there is none: not an accepted one. */
  ensure(username: string): StoredContact;
  update(contact: StoredContact): void;
  /** PEM, or null when it was not fetched yet. */
  publicKey(id: number): string | null;
  setPublicKey(id: number, pem: string): void;
}

type Row = { id: number; value: Buffer };

export function createContactTable(db: Database, sealer: Sealer): ContactTable {
  // The list of contacts is asked for whenever one of them comes or goes.
  const column = rememberOpened(createSealedColumn(sealer, 'contacts', 'value', Stored));
  const keyColumn = createSealedColumn(sealer, 'contacts', 'public_key', StoredKey);
  const selectAll = db.prepare<[], Row>('SELECT id, value FROM contacts ORDER BY id');
  const selectName = db.prepare<[Buffer], Row>('SELECT id, value FROM contacts WHERE name_index = ?');
  const selectId = db.prepare<[number], Row>('SELECT id, value FROM contacts WHERE id = ?');
  const selectKey = db.prepare<[number], { public_key: Buffer | null }>(
    'SELECT public_key FROM contacts WHERE id = ?',
  );
  const next = db.prepare<[], { id: number }>('SELECT coalesce(max(id), 0) + 1 AS id FROM contacts');
  const insert = db.prepare<[number, Buffer, Buffer]>(
    'INSERT INTO contacts (id, name_index, value) VALUES (?, ?, ?)',
  );
  const update = db.prepare<[Buffer, number]>('UPDATE contacts SET value = ? WHERE id = ?');
  const updateKey = db.prepare<[Buffer, number]>('UPDATE contacts SET public_key = ? WHERE id = ?');
  const open = ({ id, value }: Row): StoredContact => ({ id, ...UNSET, ...column.open(id, value) });
  const nameIndex = (username: string) => sealer.index('contact', foldName(username));

  const table: ContactTable = {
    all: () => selectAll.all().map(open),
    find(username) {
      const row = selectName.get(nameIndex(username));
      return row ? open(row) : null;
    },
    get(id) {
      const row = selectId.get(id);
      if (!row) throw new Error(`no contact ${id}`);
      return open(row);
    },
    ensure(username) {
      const known = table.find(username);
      if (known) return known;
      const id = next.get()?.id ?? 1;
      const contact = { username, unread: 0, lastMessageAt: null, sendKey: null, ...UNSET, accepted: false };
      insert.run(id, nameIndex(username), column.seal(id, contact));
      return { id, ...contact };
    },
    update: ({ id, ...contact }) => void update.run(column.seal(id, contact), id),
    publicKey(id) {
      const sealed = selectKey.get(id)?.public_key;
      return sealed ? keyColumn.open(id, sealed).pem : null;
    },
    setPublicKey: (id, pem) => void updateKey.run(keyColumn.seal(id, { pem }), id),
  };
  return table;
}
