import type { Ratchet } from '@secure-chat/crypto/e2ee/ratchet';
import { decodeRatchet, encodeRatchet } from '@secure-chat/crypto/e2ee/ratchet-state';
import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { profileDamaged } from '../client-error.ts';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** How an exchange that was started here is told to the contact. */
const Announcement = Type.Object({
  /** The same at every attempt. */
  wireId: Type.String(),
  encryptedKey: Type.String(),
  acknowledged: Type.Boolean(),
});

const Stored = Type.Object({
  /** `encodeRatchet`, in base64. */
  state: Type.String(),
  /** As the exchange says (Unix milliseconds): the latest one of a contact is used for sending. */
  time: Type.Number(),
  /** Unix milliseconds of this machine. */
  madeAt: Type.Number(),
  /** Messages sent under it. */
  sent: Type.Integer(),
  announcement: Type.Union([Announcement, Type.Null()]),
  /** For receiving only: the profile was restored, or new keys were asked for. */
  retired: Type.Boolean(),
  /** When a later one was used (Unix milliseconds); null while this is the latest. */
  replacedAt: Type.Union([Type.Number(), Type.Null()]),
});

/** A ratchet with what belongs to it. */
export type StoredRatchet = Omit<Static<typeof Stored>, 'state'> & {
  id: number;
  contact: number;
  ratchet: Ratchet;
};

export interface RatchetTable {
  /** Of a contact. */
  of(contact: number): StoredRatchet[];
  /** Null when it was removed. */
  get(id: number): StoredRatchet | null;
  /** By the id of its exchange, 16 bytes; null when there is none. */
  find(exchangeId: Buffer): StoredRatchet | null;
  add(ratchet: Omit<StoredRatchet, 'id'>): StoredRatchet;
  put(ratchet: StoredRatchet): void;
  remove(id: number): void;
  /** None that is here is used for sending again. */
  retireAll(): void;
  contacts(): number[];
}

type Row = { id: number; contact: number; value: Buffer };

/** Ratchets held decoded, those used last: to import a private key takes ten times as long as to open a message. */
const DECODED_MAX = 64;

export function createRatchetTable(db: Database, sealer: Sealer): RatchetTable {
  const column = createSealedColumn(sealer, 'ratchets', 'value', Stored);
  const select = 'SELECT id, contact, value FROM ratchets WHERE';
  const selectContact = db.prepare<[number], Row>(`${select} contact = ? ORDER BY id`);
  const selectId = db.prepare<[number], Row>(`${select} id = ?`);
  const selectExchange = db.prepare<[Buffer], Row>(`${select} exchange = ?`);
  const selectContacts = db.prepare<[], { contact: number }>('SELECT DISTINCT contact FROM ratchets');
  const next = db.prepare<[], { id: number }>('SELECT coalesce(max(id), 0) + 1 AS id FROM ratchets');
  const insert = db.prepare<[number, number, Buffer, Buffer]>(
    'INSERT INTO ratchets (id, contact, exchange, value) VALUES (?, ?, ?, ?)',
  );
  const update = db.prepare<[Buffer, number]>('UPDATE ratchets SET value = ? WHERE id = ?');
  const remove = db.prepare<[number]>('DELETE FROM ratchets WHERE id = ?');
  const indexOf = (exchangeId: Buffer): Buffer => sealer.index('exchange', exchangeId.toString('hex'));

  /** By row, with the sealed bytes that it was decoded from: after a transaction that was rolled back they differ. */
  const decoded = new Map<number, { value: Buffer; stored: StoredRatchet }>();

  function remember(value: Buffer, stored: StoredRatchet): void {
    decoded.delete(stored.id);
    decoded.set(stored.id, { value, stored });
    const [oldest] = decoded.keys();
    if (decoded.size > DECODED_MAX && oldest !== undefined) decoded.delete(oldest);
  }

  function open({ id, contact, value }: Row): StoredRatchet {
    const known = decoded.get(id);
    if (known?.value.equals(value)) return known.stored;
    const { state, ...rest } = column.open(id, value);
    const ratchet = decodeRatchet(Buffer.from(state, 'base64'));
    if (!ratchet) throw profileDamaged();
    const stored = { id, contact, ratchet, ...rest };
    remember(value, stored);
    return stored;
  }

  function seal(stored: StoredRatchet): Buffer {
    const { id, contact: _, ratchet, ...rest } = stored;
    const value = column.seal(id, { ...rest, state: encodeRatchet(ratchet).toString('base64') });
    remember(value, stored);
    return value;
  }

  const table: RatchetTable = {
    of: (contact) => selectContact.all(contact).map(open),
    get(id) {
      const row = selectId.get(id);
      return row ? open(row) : null;
    },
    find(exchangeId) {
      const row = selectExchange.get(indexOf(exchangeId));
      return row ? open(row) : null;
    },
    add(ratchet) {
      const stored = { ...ratchet, id: next.get()?.id ?? 1 };
      insert.run(stored.id, stored.contact, indexOf(ratchet.ratchet.agreement.exchangeId), seal(stored));
      return stored;
    },
    put: (ratchet) => void update.run(seal(ratchet), ratchet.id),
    remove(id) {
      remove.run(id);
      decoded.delete(id);
    },
    retireAll() {
      for (const contact of table.contacts())
        for (const ratchet of table.of(contact)) table.put({ ...ratchet, retired: true });
    },
    contacts: () => selectContacts.all().map(({ contact }) => contact),
  };
  return table;
}
