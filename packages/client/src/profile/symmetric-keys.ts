import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

const Exchange = Type.Object({
  id: Type.String(),
  encryptedKey: Type.String(),
  acknowledged: Type.Boolean(),
});
const Stored = Type.Object({
  /** 32 bytes in base64. */
  key: Type.String(),
  /** How a key made here is told to the contact; null for a key that the contact made. */
  exchange: Type.Union([Exchange, Type.Null()]),
});
export type Exchange = Static<typeof Exchange>;

export interface SymmetricKey {
  id: number;
  key: Buffer;
  exchange: Exchange | null;
}

export interface SymmetricKeyTable {
  /** Newest first. */
  of(contact: number): SymmetricKey[];
  get(id: number): SymmetricKey;
  /** Returns its row. */
  add(contact: number, key: Buffer, exchange: Exchange | null): number;
  acknowledge(id: number): void;
  remove(id: number): void;
}

type Row = { id: number; value: Buffer };

export function createSymmetricKeyTable(db: Database, sealer: Sealer): SymmetricKeyTable {
  const column = createSealedColumn(sealer, 'symmetric_keys', 'value', Stored);
  const selectContact = db.prepare<[number], Row>(
    'SELECT id, value FROM symmetric_keys WHERE contact = ? ORDER BY id DESC',
  );
  const selectId = db.prepare<[number], Row>('SELECT id, value FROM symmetric_keys WHERE id = ?');
  const next = db.prepare<[], { id: number }>('SELECT coalesce(max(id), 0) + 1 AS id FROM symmetric_keys');
  const insert = db.prepare<[number, number, Buffer]>(
    'INSERT INTO symmetric_keys (id, contact, value) VALUES (?, ?, ?)',
  );
  const update = db.prepare<[Buffer, number]>('UPDATE symmetric_keys SET value = ? WHERE id = ?');
  const remove = db.prepare<[number]>('DELETE FROM symmetric_keys WHERE id = ?');
  const open = ({ id, value }: Row): SymmetricKey => {
    const { key, exchange } = column.open(id, value);
    return { id, key: Buffer.from(key, 'base64'), exchange };
  };

  const table: SymmetricKeyTable = {
    of: (contact) => selectContact.all(contact).map(open),
    get(id) {
      const row = selectId.get(id);
      if (!row) throw new Error(`no symmetric key ${id}`);
      return open(row);
    },
    add(contact, key, exchange) {
      const id = next.get()?.id ?? 1;
      insert.run(id, contact, column.seal(id, { key: key.toString('base64'), exchange }));
      return id;
    },
    acknowledge(id) {
      const { key, exchange } = table.get(id);
      if (!exchange) return;
      update.run(
        column.seal(id, { key: key.toString('base64'), exchange: { ...exchange, acknowledged: true } }),
        id,
      );
    },
    remove: (id) => void remove.run(id),
  };
  return table;
}
