import type { Database } from 'better-sqlite3';
import { profileDamaged } from '../client-error.ts';
import { isSoundVault, type Vault } from './vault.ts';

/** The one row that unlocks the others. Throws ClientError profile_damaged. */
export function readVault(db: Database): Vault {
  const vault = db
    .prepare<[], Vault>(
      'SELECT memory_kib AS memoryKib, passes, lanes, salt, wrapped_key AS wrappedKey FROM vault',
    )
    .get();
  if (!vault || !isSoundVault(vault)) throw profileDamaged();
  return vault;
}

export function writeVault(db: Database, { memoryKib, passes, lanes, salt, wrappedKey }: Vault): void {
  db.prepare('INSERT OR REPLACE INTO vault VALUES (1, ?, ?, ?, ?, ?)').run(
    memoryKib,
    passes,
    lanes,
    salt,
    wrappedKey,
  );
}
