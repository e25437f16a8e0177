import type { Database } from 'better-sqlite3';
import { Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

/** Warnings kept, the newest: more, nobody reads, and a server that lies without end fills no disk. */
export const WARNINGS_MAX = 20;

const Stored = Type.Object({ sentence: Type.String() });

/** What the person has to know about keys, until it was read. */
export interface WarningTable {
  /** The oldest first. */
  all(): string[];
  /** One that stands there already changes nothing. True when it is new. */
  add(sentence: string): boolean;
  /** True when it stood there. */
  remove(sentence: string): boolean;
  clear(): void;
}

export function createWarningTable(db: Database, sealer: Sealer): WarningTable {
  const column = createSealedColumn(sealer, 'warnings', 'value', Stored);
  const select = db.prepare<[], { id: number; value: Buffer }>('SELECT id, value FROM warnings ORDER BY id');
  const insert = db.prepare<[number, Buffer]>('INSERT INTO warnings (id, value) VALUES (?, ?)');
  const remove = db.prepare<[number]>('DELETE FROM warnings WHERE id = ?');
  const rowOf = (sentence: string) =>
    select.all().find(({ id, value }) => column.open(id, value).sentence === sentence);

  return {
    all: () => select.all().map(({ id, value }) => column.open(id, value).sentence),
    add(sentence) {
      if (rowOf(sentence)) return false;
      const rows = select.all();
      const id = (rows.at(-1)?.id ?? 0) + 1;
      insert.run(id, column.seal(id, { sentence }));
      for (const row of rows.slice(0, Math.max(0, rows.length + 1 - WARNINGS_MAX))) remove.run(row.id);
      return true;
    },
    remove(sentence) {
      const row = rowOf(sentence);
      if (row) remove.run(row.id);
      return row !== undefined;
    },
    clear: () => void db.exec('DELETE FROM warnings'),
  };
}
