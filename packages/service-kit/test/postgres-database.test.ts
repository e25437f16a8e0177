import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createConnection, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { startCluster } from '../../../tools/postgres/cluster.ts';
import { administer, freshDatabase, POSTGRES, serverUrl } from '../../../tools/postgres/databases.ts';
import { placeAt } from '../../../tools/postgres/place-at.ts';
import { openDatabase } from '../src/database.ts';
import { isDatabaseTrouble } from '../src/database-trouble.ts';
import type { Migration } from '../src/migrations.ts';
import { openPostgres } from '../src/postgres-database.ts';

const FIRST: Migration = {
  name: '1',
  async up(database) {
    await database.schema.createTable('table_1', (columns) => void columns.bigInteger('number'));
  },
};
const OPENER = fileURLToPath(new URL('open-database.ts', import.meta.url));

async function open(url: string, migrations = [FIRST], schema = 'chat') {
  const database = await openDatabase(placeAt(url, schema), migrations);
  onTestFinished(() => database.destroy());
  return database;
}

async function rejection(opening: Promise<unknown>): Promise<Error> {
  const error: unknown = await opening.catch((problem: unknown) => problem);
  if (!(error instanceof Error)) throw new Error('it opened');
  return error;
}

/** A server of the test's own that answers every connection as it is told to. */
async function listen(answer: (bytes: Buffer) => string | null): Promise<string> {
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      const reply = answer(bytes);
      if (reply !== null) socket.write(reply);
    });
    socket.on('error', () => {});
    onTestFinished(() => void socket.destroy());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  return `127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
}

describe.each(POSTGRES)('a schema of a $kind database', () => {
  const fresh = async () => freshDatabase(await serverUrl());

  it('is brought up to date by one of several that open it at once', async () => {
    const url = await fresh();
    let taken = 0;
    const counted: Migration = {
      name: '2',
      async up(database) {
        taken += 1;
        await FIRST.up(database);
      },
    };
    const opened = await Promise.all(Array.from({ length: 5 }, () => open(url, [counted])));
    for (const database of opened) expect(await database('table_1')).toEqual([]);
    expect(taken).toBe(1);
  });

  it('opens by itself after a process was killed while it brought it up to date', async () => {
    const url = await fresh();
    const child = spawn(process.execPath, ['--import', 'tsx', OPENER, url], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    expect(String(await once(child.stdout, 'data'))).toBe('half way\n');
    const opening = open(url);
    child.kill('SIGKILL');
    expect(await (await opening)('table_1')).toEqual([]);
  });

  it('of one service and that of another stand beside each other in one database', async () => {
    const url = await fresh();
    const [auth, directory] = [await open(url, [FIRST], 'auth'), await open(url, [FIRST], 'directory')];
    await auth('table_1').insert({ number: 1 });
    expect([await auth('table_1'), await directory('table_1')]).toEqual([[{ number: 1 }], []]);
  });

  it('may be made beforehand, for a user who may make none', async () => {
    const url = await fresh();
    await administer(
      url,
      "CREATE ROLE limited LOGIN PASSWORD 'canary'; CREATE SCHEMA chat AUTHORIZATION limited",
    );
    onTestFinished(() => administer(url, 'DROP OWNED BY limited; DROP ROLE limited'));
    const limited = Object.assign(new URL(url), { username: 'limited', password: 'canary' }).href;
    expect(await (await open(limited))('table_1')).toEqual([]);
    const error = await rejection(open(limited, [FIRST], 'another'));
    expect(error.message).toMatch(/as limited: .*permission denied/);
  });

  it('refuses an integer that no number holds, and goes on', async () => {
    const database = await open(await fresh());
    await database.raw('INSERT INTO table_1 VALUES (9007199254740992)');
    await expect(database('table_1')).rejects.toThrow('beyond 2^53');
    expect(await database('table_1').max('number as max').where({ number: 1 })).toEqual([{ max: null }]);
  });

  it('keeps at most 10 connections', async () => {
    const database = await open(await fresh());
    await Promise.all(Array.from({ length: 40 }, () => database.raw('SELECT pg_sleep(0.01)')));
    const { rows } = await database.raw(
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'secure-chat chat'",
    );
    expect(rows).toEqual([{ count: 10 }]);
  });

  it('gives a statement up after 3 s', async () => {
    const database = await open(await fresh());
    await expect(database.raw('SELECT pg_sleep(10)')).rejects.toMatchObject({ code: '57014' });
  });

  it('that cannot be opened is named, with its server and user, and never with the password', async () => {
    const url = await fresh();
    const wrong = Object.assign(new URL(url), { password: 'canary' }).href;
    const error = await rejection(open(wrong));
    const { host, pathname } = new URL(url);
    expect(error.message).toBe(
      `cannot open the PostgreSQL database ${pathname.slice(1)} at ${host} as chat: password authentication failed for user "chat"`,
    );
    const missing = await rejection(open(Object.assign(new URL(url), { pathname: '/missing' }).href));
    expect(missing.message).toMatch(/ as chat: .*"missing" does not exist/);
    const database = await open(url);
    const failed = await rejection(Promise.resolve(database('missing')));
    const shown = [error, missing, failed, placeAt(wrong), database].map((it) => inspect(it, { depth: 10 }));
    for (const secret of ['canary', new URL(url).password]) expect(shown.join()).not.toContain(secret);
  });

  it('is found when its server comes up while it is waited for', async () => {
    const cluster = await startCluster(inject('postgresPrograms') ?? '');
    onTestFinished(() => cluster.remove());
    await cluster.halt();
    const opening = open(cluster.url);
    await cluster.start();
    expect(await (await opening)('table_1')).toEqual([]);
  });

  it('is not opened in the clear where TLS is asked for', async () => {
    const seen: Buffer[] = [];
    const host = await listen((bytes) => {
      seen.push(bytes);
      return 'N';
    });
    for (const mode of ['require', 'verify-full']) {
      const error = await rejection(open(`postgres://chat:canary@${host}/chat?sslmode=${mode}`));
      expect(error.message).toMatch(/does not support SSL/);
    }
    expect(Buffer.concat(seen).toString('latin1')).not.toContain('chat');
  });
});

/** Passes bytes on to the server of a URL until it is told to keep them to itself. */
async function startRelay(url: string) {
  const { hostname, port } = new URL(url);
  let silent = false;
  const server = createServer((near) => {
    const far = createConnection(Number(port), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on('data', (bytes) => void (silent || to.write(bytes)));
      from.on('error', () => {});
      from.on('close', () => to.destroy());
    }
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    url: Object.assign(new URL(url), { port: own }).href,
    setSilent(value: boolean) {
      silent = value;
    },
  };
}

describe.each(POSTGRES)('a $kind server that falls silent', () => {
  it('is given up by each query within 4 s, and its connections are cut after 15 s, so that all goes on', async () => {
    const relay = await startRelay(await freshDatabase(await serverUrl()));
    const database = await open(relay.url);
    expect(await database('table_1')).toEqual([]);
    relay.setSilent(true);
    const start = performance.now();
    let trouble = new Error();
    while (!trouble.message.includes('the server is silent')) {
      const asked = performance.now();
      trouble = await rejection(Promise.resolve(database('table_1')));
      expect(isDatabaseTrouble(trouble), trouble.message).toBe(true);
      expect(performance.now() - asked).toBeLessThan(4_500);
      expect(performance.now() - start).toBeLessThan(16_500);
    }
    expect(performance.now() - start).toBeGreaterThan(14_000);
    relay.setSilent(false);
    expect(await database('table_1')).toEqual([]);
  });
});

describe('a PostgreSQL server that does not answer', () => {
  it('is waited for at a start, and is then named', async () => {
    let tries = 0;
    const host = await listen(() => {
      tries += 1;
      return null;
    });
    const place = placeAt(`postgres://chat:canary@${host}/chat`);
    const error = await rejection(openPostgres(place, [FIRST], 2_500));
    expect(error.message).toBe(
      `cannot open the PostgreSQL database chat at ${host} as chat: timeout expired`,
    );
    expect(tries).toBe(2);
  });
});
