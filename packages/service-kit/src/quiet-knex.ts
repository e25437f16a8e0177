import knex, { type Knex } from 'knex';

const ignore = (): void => {};

/** Knex as every database here has it: it prints nothing, and no error holds what was bound to a statement. */
export function createQuietKnex(config: Knex.Config): Knex {
  const database = knex({
    ...config,
    // Errors are logged, and what is bound is secret.
    compileSqlOnError: false,
    // What goes wrong is thrown; knex would print it, too.
    log: { debug: ignore, warn: ignore, error: ignore, deprecate: ignore },
  });
  // PostgreSQL repeats rows and values in these two.
  database.on('query-error', (error: { detail?: unknown; where?: unknown }) => {
    delete error.detail;
    delete error.where;
  });
  return database;
}
