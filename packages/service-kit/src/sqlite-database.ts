import { chmodSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Knex } from 'knex';
import { makeDataFolder } from './data-folder.ts';
import { type Migration, migrate } from './migrations.ts';
import { createQuietKnex } from './quiet-knex.ts';

/** A SQLite database: a file, made with mode 0600 when absent. Throws as `openDatabase` says. */
export async function openSqlite(file: string, migrations: readonly Migration[]): Promise<Knex> {
  makeDataFolder(dirname(file));
  writeFileSync(file, '', { flag: 'a', mode: 0o600 });
  chmodSync(file, 0o600);
  const database = createQuietKnex({
    client: 'better-sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
  });
  try {
    await database.raw('PRAGMA journal_mode = WAL');
    await database.raw('PRAGMA synchronous = FULL');
    // What is deleted is overwritten, too: a copied disk must not have it.
    await database.raw('PRAGMA secure_delete = ON');
    await migrate(database, migrations);
  } catch (error) {
    await database.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot open ${file}: ${reason}`, { cause: error });
  }
  return database;
}
