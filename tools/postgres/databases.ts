import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabasePlace } from '@secure-chat/service-kit/database';
import pg from 'pg';
import { inject, onTestFinished } from 'vitest';
import { placeAt } from './place-at.ts';

export interface TestDatabases {
  readonly kind: 'SQLite' | 'PostgreSQL';
  /** An empty database that goes with the test. */
  fresh(): Promise<DatabasePlace>;
}

/** The URL of a new database on a server, whose URL is given. It is dropped at the end of the test. */
export async function freshDatabase(serverUrl: string): Promise<string> {
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(serverUrl, `CREATE DATABASE ${name}`);
  onTestFinished(() => administer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`));
  return Object.assign(new URL(serverUrl), { pathname: name }).href;
}

/** Does one statement, as a superuser. */
export async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** The URL of the run's server. */
export async function serverUrl(): Promise<string> {
  const answer = await fetch(inject('postgres') ?? '');
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

const sqlite: TestDatabases = {
  kind: 'SQLite',
  async fresh() {
    const folder = mkdtempSync(join(tmpdir(), 'secure-chat-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return { file: join(folder, 'x.db') };
  },
};

const postgres: TestDatabases = {
  kind: 'PostgreSQL',
  fresh: async () => placeAt(await freshDatabase(await serverUrl())),
};

/** PostgreSQL where it is installed: without it, its suites are not there, and the run says so. */
export const POSTGRES: readonly TestDatabases[] = inject('postgres') === null ? [] : [postgres];

/** Every kind of database that a service may keep its tables in: suites run once on each. */
export const DATABASES: readonly TestDatabases[] = [sqlite, ...POSTGRES];
