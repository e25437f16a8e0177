import type { Database } from 'better-sqlite3';
import { type Static, Type } from 'typebox';
import { createSealedColumn, type Sealer } from './sealed.ts';

const Stored = Type.Object({ receipts: Type.Boolean(), typing: Type.Boolean() });
export type StoredSettings = Static<typeof Stored>;

/** A profile in which nothing was set. */
const DEFAULT: StoredSettings = { receipts: true, typing: true };

export interface SettingsTable {
  get(): StoredSettings;
  put(settings: StoredSettings): void;
}

export function createSettingsTable(db: Database, sealer: Sealer): SettingsTable {
  const column = createSealedColumn(sealer, 'settings', 'value', Stored);
  const select = db.prepare<[], { value: Buffer }>('SELECT value FROM settings WHERE id = 1');
  const replace = db.prepare<[Buffer]>('INSERT OR REPLACE INTO settings (id, value) VALUES (1, ?)');
  return {
    get() {
      const row = select.get();
      return row ? column.open(1, row.value) : DEFAULT;
    },
    put: (settings) => void replace.run(column.seal(1, settings)),
  };
}
