import type { Knex } from 'knex';
import type { Migration } from './migrations.ts';
import { openPostgres, type PostgresPlace } from './postgres-database.ts';
import { openSqlite } from './sqlite-database.ts';

export type { Knex, Migration };

/** Where a service keeps its tables: a SQLite file, or a schema of a PostgreSQL database. Both are made when absent. */
export type DatabasePlace = { readonly file: string } | PostgresPlace;

/**
 * Opens a service's database and brings its schema up to date. Throws when it is no database of this service, was
 * written by a newer version, or does not answer; the error names it, and holds neither a password nor what was bound.
 */
export const openDatabase = (place: DatabasePlace, migrations: readonly Migration[]): Promise<Knex> =>
  'file' in place ? openSqlite(place.file, migrations) : openPostgres(place, migrations);

/**
 * Sees to it that what was deleted or changed stands in no file any more. SQLite overwrites it, and keeps it in the write-ahead log for
 * a while: that is emptied. A PostgreSQL server does so by itself, when it vacuums.
 */
export async function overwriteDeleted(database: Knex): Promise<void> {
  if (database.client.config.client === 'better-sqlite3')
    await database.raw('PRAGMA wal_checkpoint(TRUNCATE)');
}
