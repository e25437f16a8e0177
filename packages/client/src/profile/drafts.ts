import type { Database } from 'better-sqlite3';
import { Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

const Stored = Type.Object({ text: Type.String() });

/** What is being written to a contact, over restarts. */
export interface DraftTable {
  /** Empty for none. */
  get(contact: number): string;
  put(contact: number, text: string): void;
}

export function createDraftTable(db: Database, sealer: Sealer): DraftTable {
  const column = createSealedColumn(sealer, 'drafts', 'value', Stored);
  const select = db.prepare<[number], { value: Buffer }>('SELECT value FROM drafts WHERE contact = ?');
  const replace = db.prepare<[number, Buffer]>(
    'INSERT OR REPLACE INTO drafts (contact, value) VALUES (?, ?)',
  );
  const remove = db.prepare<[number]>('DELETE FROM drafts WHERE contact = ?');
  return {
    get(contact) {
      const row = select.get(contact);
      return row ? column.open(contact, row.value).text : '';
    },
    put(contact, text) {
      if (text === '') remove.run(contact);
      else replace.run(contact, column.seal(contact, { text }));
    },
  };
}
