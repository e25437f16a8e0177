import type { Database } from 'better-sqlite3';
import { Type } from 'typebox';
import type { Draft } from '../chat.ts';
import { createSealedColumn, type Sealer } from './sealed.ts';

const Stored = Type.Object({
  text: Type.String(),
  of: Type.Optional(
    Type.Object({ kind: Type.Union([Type.Literal('reply'), Type.Literal('edit')]), id: Type.Integer() }),
  ),
});

/** What is being written to a contact, over restarts. */
export interface DraftTable {
  /** Null for none. */
  get(contact: number): Draft | null;
  put(contact: number, draft: Draft): void;
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
      if (!row) return null;
      const { text, of = null } = column.open(contact, row.value);
      return { text, of };
    },
    put(contact, { text, of }) {
      if (text === '') remove.run(contact);
      else replace.run(contact, column.seal(contact, { text, ...(of && { of }) }));
    },
  };
}
