import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';
import { StoredRanges } from './series.ts';

const Stored = Type.Object({
  /** Made once; every retry carries the same. */
  wireId: Type.String(),
  kind: Type.Enum(['delivered', 'read', 'missing', 'gone']),
  series: Type.String(),
  ranges: StoredRanges,
  /** Records that the contact could not read, and need not wait for. */
  earlier: Type.Array(Type.String()),
  /** The exact bytes that go out and the row of their ratchet; null until the first attempt encrypts. */
  envelope: Type.Union([Type.Object({ ratchet: Type.Integer(), message: Type.String() }), Type.Null()]),
});
export type Notice = Static<typeof Stored>;

/** What a contact's client is told beside messages, on its way: at most one to a contact. */
export interface NoticeTable {
  /** Null when nothing is on its way. */
  get(contact: number): Notice | null;
  put(contact: number, notice: Notice): void;
  remove(contact: number): void;
  contacts(): number[];
}

export function createNoticeTable(db: Database, sealer: Sealer): NoticeTable {
  const column = createSealedColumn(sealer, 'notices', 'value', Stored);
  const select = db.prepare<[number], { value: Buffer }>('SELECT value FROM notices WHERE contact = ?');
  const selectAll = db.prepare<[], { contact: number }>('SELECT contact FROM notices ORDER BY contact');
  const replace = db.prepare<[number, Buffer]>(
    'INSERT OR REPLACE INTO notices (contact, value) VALUES (?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM notices WHERE contact = ?');
  return {
    get(contact) {
      const row = select.get(contact);
      return row ? column.open(contact, row.value) : null;
    },
    put: (contact, notice) => void replace.run(contact, column.seal(contact, notice)),
    remove: (contact) => void remove.run(contact),
    contacts: () => selectAll.all().map(({ contact }) => contact),
  };
}
