import { chmodSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import knex, { type Knex } from 'knex';
import { makeDataFolder } from './data-folder.ts';

export type { Knex };

/** A step of a schema's history. Append only: a step that has been released never changes. */
export interface Migration {
  readonly name: string;
  up(schema: Knex): Promise<void>;
}

const ignore = (): void => {};
const SILENT = { debug: ignore, warn: ignore, error: ignore, deprecate: ignore };

/**
 * Opens a service's SQLite database (0600, made when absent) and brings its schema up to date. Throws when the file
 * is no database of this service, or was written by a newer version; the error names it.
 */
export async function openDatabase(file: string, migrations: readonly Migration[]): Promise<Knex> {
  makeDataFolder(dirname(file));
  writeFileSync(file, '', { flag: 'a', mode: 0o600 });
  chmodSync(file, 0o600);
  const database = knex({
    client: 'better-sqlite3',
    connection: { filename: file },
    useNullAsDefault: true,
    // Errors are logged, and what is bound is secret.
    compileSqlOnError: false,
    // What goes wrong is thrown; knex would print it, too.
    log: SILENT,
  });
  try {
    await database.raw('PRAGMA journal_mode = WAL');
    await database.raw('PRAGMA synchronous = FULL');
    await database.migrate.latest({
      migrationSource: {
        getMigrations: async () => [...migrations],
        getMigrationName: (migration: Migration) => migration.name,
        getMigration: async (migration: Migration) => ({ up: migration.up, down: async () => {} }),
      },
    });
  } catch (error) {
    await database.destroy();
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`cannot open ${file}: ${reason}`, { cause: error });
  }
  return database;
}
