import type { Knex } from 'knex';

/** A step of a schema's history. Append only: a step that has been released never changes. */
export interface Migration {
  readonly name: string;
  up(schema: Knex): Promise<void>;
}

/**
 * Takes the steps that a database lacks, all or none. Throws when it has steps that are not known here. Knex's own lock
 * is taken and given back in the same transaction, so a process that is killed leaves none.
 */
export async function migrate(database: Knex, migrations: readonly Migration[]): Promise<void> {
  await database.migrate.latest({
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: (migration: Migration) => migration.name,
      getMigration: async (migration: Migration) => ({ up: migration.up, down: async () => {} }),
    },
  });
}
