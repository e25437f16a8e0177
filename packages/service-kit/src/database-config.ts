import { join } from 'node:path';
import type { Environment, Setting, Settings } from './config.ts';
import type { DatabasePlace } from './database.ts';
import type { PostgresServer } from './postgres-database.ts';
import { line, readSecret } from './secret.ts';

/** The setting of what keeps tables: auth, directory, and the system in one process. */
export interface DatabaseConfig {
  /** With the secret `DATABASE_PASSWORD` where it names no password. Null: SQLite files in the data folder. */
  readonly DATABASE_URL: PostgresServer | null;
}

/** Where a service keeps its tables: a schema of its name on the server, or a file of its name in the data folder. */
export const databasePlace = (
  service: 'auth' | 'directory',
  { DATABASE_URL: server, DATA_DIR }: DatabaseConfig & { readonly DATA_DIR: string },
): DatabasePlace => (server ? { server, schema: service } : { file: join(DATA_DIR, `${service}.db`) });

/** As libpq names them; its weaker ones fall back to plain TCP, or check half. */
const TLS_MODES = new Map<string, PostgresServer['tls']>([
  ['disable', false],
  ['require', { rejectUnauthorized: false }],
  ['verify-full', { rejectUnauthorized: true }],
]);

/** A malformed URL is never repeated: it may hold a password. */
const databaseUrl: Setting<PostgresServer | null> = (text, env) => {
  if (text === undefined) return { value: null };
  const parts = partsOf(text);
  if (!parts) return { error: 'must be a URL such as postgres://user:password@host:5432/database' };
  const { mode, password: given, ...server } = parts;
  const tls = TLS_MODES.get(mode);
  if (tls === undefined) return { error: 'may have one parameter, sslmode: disable, require or verify-full' };
  const password = passwordOf(given, env);
  if ('error' in password) return password;
  return { value: { ...server, password: () => password.value, tls } };
};

export const databaseSettings: Settings<DatabaseConfig> = { DATABASE_URL: databaseUrl };

/** Null when it is no such URL. `mode` is empty where the parameters are not the one that there is. */
function partsOf(text: string) {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^postgres(ql)?:$/.test(url.protocol) || url.hash) return null;
  const [user, password, database] = [url.username, url.password, url.pathname.slice(1)].map(decoded);
  if (!url.hostname || !user || password === undefined || !database || database.includes('/')) return null;
  const names = [...url.searchParams.keys()].join();
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: Number(url.port || 5432),
    database,
    user,
    password,
    mode: names === '' ? 'disable' : names === 'sslmode' ? (url.searchParams.get('sslmode') ?? '') : '',
  };
}

/** Undefined for what is not percent-encoded text, or holds what no name in PostgreSQL does. */
function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text);
    return plain.includes('\0') ? undefined : plain;
  } catch {
    return undefined;
  }
}

function passwordOf(given: string, env: Environment): { value: string } | { error: string } {
  const secret = readSecret('DATABASE_PASSWORD', env, line);
  if ('error' in secret)
    return { error: `has no password that can be used: DATABASE_PASSWORD ${secret.error}` };
  if (given && secret.value !== null)
    return { error: 'has a password, and DATABASE_PASSWORD is given, too: give one of them' };
  return { value: secret.value ?? given };
}
