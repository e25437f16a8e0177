import { Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { Knex } from 'knex';
import pg from 'pg';
import { retryDatabase } from './database-trouble.ts';
import { type Migration, migrate } from './migrations.ts';
import { createQuietKnex } from './quiet-knex.ts';

/** A PostgreSQL database and who asks for it. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** A function, so that no print of a server shows it. Empty for none. */
  readonly password: () => string;
  /** False for plain TCP. */
  readonly tls: false | ConnectionOptions;
}

export interface PostgresPlace {
  readonly server: PostgresServer;
  /** An identifier. Each service has its own, so that one database serves several. */
  readonly schema: string;
}

/** Milliseconds that the server may be away at a start: as long as a container or a restart takes. */
const START_MS = 10_000;
/** Milliseconds for a connection: a lost packet or two, and less than a client's 5 s. */
const CONNECT_MS = 2_000;
/**
 * Connections of a service: a query takes a millisecond, so these do thousands a second; and a server's 100 are
 * enough for several services and whoever looks after it.
 */
const CONNECTIONS_MAX = 10;
/** Milliseconds that a request waits for one of them: less than a client's 5 s. */
const ACQUIRE_MS = 3_000;
/** Milliseconds that a connection is kept without work. None is kept for ever: a server may stop when all is quiet. */
const IDLE_MS = 10_000;

interface Patience {
  /** Milliseconds after which the server gives a statement up. */
  readonly statementMs: number;
  /** Milliseconds after which we give it up, where the server says nothing at all. */
  readonly answerMs: number;
  /** Milliseconds without a byte after which a connection is cut: more than it is kept without work. */
  readonly silenceMs: number;
}

/** Less than the 5 s after which a client gives up. */
const SERVING: Patience = { statementMs: 3_000, answerMs: 4_000, silenceMs: 15_000 };
/** A step may rewrite a large table, and another process's steps are waited for. */
const MIGRATING: Patience = { statementMs: 60_000, answerMs: 65_000, silenceMs: 70_000 };

/** A schema of a PostgreSQL database. Waits up to 10 s for the server. Throws as `openDatabase` says. */
export async function openPostgres(
  { server, schema }: PostgresPlace,
  migrations: readonly Migration[],
  startMs = START_MS,
): Promise<Knex> {
  try {
    await retryDatabase(() => migrateSchema(server, schema, migrations), AbortSignal.timeout(startMs));
  } catch (error) {
    const { database, host, port, user } = server;
    throw new Error(
      `cannot open the PostgreSQL database ${database} at ${host}:${port} as ${user}: ${reasonOf(error)}`,
      { cause: error },
    );
  }
  return connect(server, schema, SERVING);
}

/**
 * One process at a time, by an advisory lock of the transaction that holds every step: when the process dies or is
 * cut off, the server takes back both the lock and the steps.
 */
async function migrateSchema(
  server: PostgresServer,
  schema: string,
  migrations: readonly Migration[],
): Promise<void> {
  const database = connect(server, schema, MIGRATING);
  try {
    await database.transaction(async (transaction) => {
      await transaction.raw('SELECT pg_advisory_xact_lock(hashtext(?))', [`secure-chat/${schema}`]);
      // Asked first: IF NOT EXISTS wants the right to make one even where there is one.
      const found = await transaction('pg_namespace').where({ nspname: schema }).first('nspname');
      if (!found) await transaction.raw('CREATE SCHEMA ??', [schema]);
      await migrate(transaction, migrations);
    });
  } finally {
    await database.destroy();
  }
}

const connect = (server: PostgresServer, schema: string, patience: Patience): Knex =>
  createQuietKnex({
    client: 'pg',
    searchPath: [schema],
    connection: {
      host: server.host,
      port: server.port,
      database: server.database,
      user: server.user,
      password: server.password,
      ssl: server.tls,
      application_name: `secure-chat ${schema}`,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: patience.statementMs,
      query_timeout: patience.answerMs,
      // A migrator whose machine is gone must not hold its lock.
      idle_in_transaction_session_timeout: patience.silenceMs,
      stream: () => createSocket(patience.silenceMs),
      types: { getTypeParser },
    },
    pool: { min: 0, max: CONNECTIONS_MAX, idleTimeoutMillis: IDLE_MS },
    acquireConnectionTimeout: ACQUIRE_MS,
  });

/** pg gives a query up but keeps its connection, on which a server that is cut off would never answer again. */
function createSocket(silenceMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceMs, () => {
    socket.destroy(Object.assign(new Error('the server is silent'), { code: 'ETIMEDOUT' }));
  });
  return socket;
}

/** As pg's, but an int8 is a number: times are, and on SQLite they come as numbers. */
const getTypeParser: Knex.PgGetTypeParser = (oid, format) =>
  oid === pg.types.builtins.INT8 && format !== 'binary' ? parseInteger : pg.types.getTypeParser(oid);

function parseInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Error('an integer in the database is beyond 2^53');
  return number;
}

/** Node joins the failures of several addresses in an error without a message. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
};
