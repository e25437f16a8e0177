import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loginProof } from '@secure-chat/crypto/login-proof';
import { oaep256Decrypt } from '@secure-chat/crypto/rsa';
import { EventLogError } from '@secure-chat/event-log/errors';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { SESSIONS_SEEN_PATH } from '@secure-chat/wire/internal-api';
import { LOGIN_CHALLENGE_MS, REGISTER_NONCE_MS, SESSION_IDLE_MS } from '@secure-chat/wire/limits';
import { SESSIONS_TOPIC, USERS_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startCluster } from '../../../tools/postgres/cluster.ts';
import { DATABASES, POSTGRES } from '../../../tools/postgres/databases.ts';
import { placeAt } from '../../../tools/postgres/place-at.ts';
import { migrations } from '../src/migrations/index.ts';
import { type AuthOptions, hashOf, keys, pem, recordsOf, startAuth } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const open: { close(): Promise<void> }[] = [];
const start = async (options: AuthOptions) => {
  const auth = await startAuth(options);
  open.push(auth);
  return auth;
};
afterEach(async () => {
  vi.useRealTimers();
  for (const auth of open.splice(0)) await auth.close();
});

/** Every way in which bytes or their hex are likely to be written. */
const spellings = (hex: string): (string | Buffer)[] => {
  const bytes = Buffer.from(hex, 'hex');
  // Base64 of text that holds it, at each of the three places within a group.
  const within = [0, 1, 2].flatMap((shift) =>
    [Buffer.from(hex), bytes].map((inner) =>
      Buffer.concat([Buffer.alloc(shift), inner])
        .toString('base64')
        .slice(4, -4),
    ),
  );
  const urlSafe = within.map((text) => text.replaceAll('+', '-').replaceAll('/', '_'));
  return [hex, hex.toUpperCase(), bytes, Buffer.from(hex).toString('hex'), ...within, ...urlSafe];
};

async function rowsOf(place: DatabasePlace): Promise<string> {
  const database = await openDatabase(place, migrations);
  const rows = [await database('accounts'), await database('sessions')];
  await database.destroy();
  expect(rows.map(({ length }) => length)).toEqual([1, 1]);
  return JSON.stringify(rows);
}

describe.each(DATABASES)('secrets in $kind', ({ fresh }) => {
  it('stand in no file and no log line: neither a password hash nor a session key, while auth runs or after', async () => {
    const dataDir = temporaryFolder();
    const database = await fresh();
    const auth = await start({ dataDir, database });
    const passwordHash = hashOf('canary');
    expect((await auth.register('alice', passwordHash)).statusCode).toBe(200);
    const answer = await auth.login('alice', passwordHash);
    const sessionKey = oaep256Decrypt(keys.privateKey, answer.json()['session-key']) ?? '';
    expect(sessionKey).toMatch(/^[0-9a-f]{64}$/);
    await auth.login('alice', hashOf('wrong'));

    // What every row holds is a file, too: PostgreSQL's own are not ours to read.
    writeFileSync(join(dataDir, 'rows'), await rowsOf(database));
    const folders = 'file' in database ? [dataDir, dirname(database.file)] : [dataDir];
    const files = () => folders.flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)));
    const filesThatHold = (needle: string | Buffer) =>
      files().filter((file) => readFileSync(file).includes(needle));
    const wals = 'file' in database ? [`${database.file}-wal`] : [];
    expect(files()).toEqual(expect.arrayContaining([...wals, join(dataDir, 'event-log.db-wal')]));
    // The search itself works: what is no secret is found.
    expect(filesThatHold('BEGIN PUBLIC KEY')).toContain(join(dataDir, 'rows'));
    expect(filesThatHold('BEGIN PUBLIC KEY')).toContain(join(dataDir, 'event-log.db-wal'));
    for (const when of ['while', 'after']) {
      for (const secret of [passwordHash, sessionKey]) {
        for (const spelling of spellings(secret)) {
          expect(filesThatHold(spelling), when).toEqual([]);
          expect(auth.logged()).not.toContain(spelling.toString());
        }
      }
      if (when === 'while') await open.pop()?.close();
    }
  });
});

describe.each(DATABASES)('a crash between the account and its record in $kind', ({ fresh }) => {
  it('is mended at the next start', async () => {
    const dataDir = temporaryFolder();
    const database = await fresh();
    const crashed = await start({
      dataDir,
      database,
      events: ({ events }) => ({
        ...events,
        publish: () => Promise.reject(new EventLogError('unavailable', 'The log is gone')),
      }),
    });
    expect((await crashed.register('Alice', hashOf('p'))).statusCode).toBe(503);
    expect(await recordsOf(crashed.log, USERS_TOPIC)).toEqual(new Map());
    await open.pop()?.close();

    const auth = await start({ dataDir, database });
    const record = await auth.log.codecs.user.decode(
      (await recordsOf(auth.log, USERS_TOPIC)).get('alice') ?? new Uint8Array(),
    );
    expect(record).toMatchObject({ username: 'Alice', publicKey: pem });
    expect((await auth.login('alice', hashOf('p'))).statusCode).toBe(200);
  });

  it('does not keep auth from starting while the log cannot take the record', async () => {
    const dataDir = temporaryFolder();
    const database = await fresh();
    let broken = true;
    const events: AuthOptions['events'] = ({ events }) => ({
      ...events,
      publish: (topic, key, value) =>
        broken
          ? Promise.reject(new EventLogError('unavailable', 'The log is gone'))
          : events.publish(topic, key, value),
    });
    const crashed = await start({ dataDir, database, events });
    expect((await crashed.register('alice', hashOf('p'))).statusCode).toBe(503);
    await open.pop()?.close();

    const auth = await start({ dataDir, database, events });
    expect(auth.logged()).toContain('accounts that a crash left unpublished still are');
    broken = false;
    expect((await auth.login('alice', hashOf('p'))).statusCode).toBe(200);
    expect([...(await recordsOf(auth.log, USERS_TOPIC)).keys()]).toEqual(['alice']);
  });

  it('is mended by the next login at the latest', async () => {
    let broken = true;
    const auth = await start({
      dataDir: temporaryFolder(),
      database: await fresh(),
      events: ({ events }) => ({
        ...events,
        publish: (topic, key, value) =>
          broken
            ? Promise.reject(new EventLogError('unavailable', 'The log is gone'))
            : events.publish(topic, key, value),
      }),
    });
    expect((await auth.register('alice', hashOf('p'))).statusCode).toBe(503);
    expect((await auth.login('alice', hashOf('p'))).statusCode).toBe(503);
    broken = false;
    expect((await auth.login('alice', hashOf('p'))).statusCode).toBe(200);
    expect([...(await recordsOf(auth.log, USERS_TOPIC)).keys()]).toEqual(['alice']);
  });
});

describe.each(DATABASES)('auth in $kind', ({ fresh }) => {
  it('refuses a direct call of every endpoint and changes nothing', async () => {
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh() });
    const calls = [
      ['GET', '/chat/auth/register-challenge'],
      ['POST', '/chat/auth/register'],
      ['POST', '/chat/auth/login-challenge'],
      ['POST', '/chat/auth/login'],
      ['POST', '/chat/auth/logout'],
      ['GET', '/chat/auth/sessions'],
      ['POST', '/chat/auth/sessions/end'],
      ['POST', '/chat/auth/password'],
      ['POST', SESSIONS_SEEN_PATH],
    ] as const;
    for (const [method, url] of calls) {
      expect((await auth.app.inject({ method, url })).statusCode).toBe(401);
    }
    expect((await auth.call('POST', '/chat/auth/logout')).statusCode).toBe(401);
  });

  it('takes a registration nonce for 5 minutes and a challenge for 60 s', async () => {
    let now = 1_767_522_600_000;
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh(), clock: () => now });
    const challenge = async () => (await auth.call('GET', '/chat/auth/register-challenge')).json().nonce;
    const registerWith = async (nonce: string) =>
      (
        await auth.call('POST', '/chat/auth/register', {
          username: 'bob',
          'public-key': pem,
          nonce,
          payload: '00',
        })
      ).json().error.code;
    const [inTime, late] = [await challenge(), await challenge()];
    now += REGISTER_NONCE_MS;
    expect(await registerWith(inTime)).toBe('bad_payload');
    now += 1_000;
    expect(await registerWith(late)).toBe('bad_nonce');

    await auth.register('alice', hashOf('p'));
    const loginWith = async (nonce: string) => {
      const proof = loginProof(hashOf('p'), nonce);
      const body = { username: 'alice', challenge_response: nonce, proof };
      return (await auth.call('POST', '/chat/auth/login', body)).statusCode;
    };
    const [soon, tooLate] = [await auth.challenge('alice'), await auth.challenge('alice')];
    now += LOGIN_CHALLENGE_MS;
    expect(await loginWith(soon)).toBe(200);
    now += 1_000;
    expect(await loginWith(tooLate)).toBe(401);
  });

  it('lets no login of the old password outlive a change of it, however the two meet', async () => {
    let held: (() => void)[] | null = null;
    const auth = await start({
      dataDir: temporaryFolder(),
      database: await fresh(),
      events: ({ events }) => ({
        ...events,
        async publish(topic, key, value) {
          if (held && value) await new Promise<void>((resolve) => held?.push(resolve));
          return events.publish(topic, key, value);
        },
      }),
    });
    await auth.register('alice', hashOf('old'));
    const sessionId = (await auth.login('alice', hashOf('old'))).json()['session-id'];
    const waiting: (() => void)[] = [];
    held = waiting;
    const late = auth.login('alice', hashOf('old'));
    await vi.waitFor(() => expect(waiting).toHaveLength(1));
    const changing = auth.changePassword({ username: 'alice', sessionId }, hashOf('old'), hashOf('new'));
    held = null;
    for (const go of waiting) go();
    expect((await changing).statusCode).toBe(200);
    const opened = (await late).json()['session-id'];
    const records = await recordsOf(auth.log, SESSIONS_TOPIC);
    expect([records.get(sessionId) ?? null, records.get(opened) ?? null]).toEqual([expect.anything(), null]);
    expect((await auth.login('alice', hashOf('old'))).statusCode).toBe(401);
    expect((await auth.login('alice', hashOf('new'))).statusCode).toBe(200);
  });

  it('ends by itself the sessions that no gateway reports, and keeps those that one does', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    let now = 1_767_522_600_000;
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh(), clock: () => now });
    await auth.register('alice', hashOf('p'));
    const login = async () => (await auth.login('alice', hashOf('p'))).json()['session-id'];
    const [used, idle] = [await login(), await login()];
    now += SESSION_IDLE_MS;
    expect((await auth.call('POST', SESSIONS_SEEN_PATH, { sessionIds: [used] })).statusCode).toBe(200);
    now += 1;
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(async () => {
      const records = await recordsOf(auth.log, SESSIONS_TOPIC);
      expect([records.get(used) === null, records.get(idle) ?? null]).toEqual([false, null]);
    });
  });

  it('gives 503 and keeps the session when a logout cannot be published', async () => {
    let broken = false;
    const auth = await start({
      dataDir: temporaryFolder(),
      database: await fresh(),
      events: ({ events }) => ({
        ...events,
        publish: (topic, key, value) =>
          broken
            ? Promise.reject(new EventLogError('unavailable', 'The log is gone'))
            : events.publish(topic, key, value),
      }),
    });
    await auth.register('alice', hashOf('p'));
    const sessionId = (await auth.login('alice', hashOf('p'))).json()['session-id'];
    const logout = () => auth.call('POST', '/chat/auth/logout', undefined, { username: 'alice', sessionId });
    broken = true;
    const refused = await logout();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect((await recordsOf(auth.log, SESSIONS_TOPIC)).get(sessionId)).toBeInstanceOf(Uint8Array);
    broken = false;
    expect((await logout()).statusCode).toBe(200);
    expect((await recordsOf(auth.log, SESSIONS_TOPIC)).get(sessionId) ?? null).toBeNull();
  });
});

describe.each(POSTGRES)('auth whose $kind server goes away', () => {
  it('gives 503 meanwhile, and goes on by itself when the server is back', async () => {
    const cluster = await startCluster(inject('postgresPrograms') ?? '');
    onTestFinished(() => cluster.remove());
    const auth = await start({ dataDir: temporaryFolder(), database: placeAt(cluster.url, 'auth') });
    expect((await auth.register('alice', hashOf('p'))).statusCode).toBe(200);
    const ask = () => auth.call('POST', '/chat/auth/login-challenge', { username: 'alice' });
    const ready = async () => (await auth.app.inject('/ready')).statusCode;
    const statuses = new Set<number>();
    let busy = true;
    const requests = Array.from({ length: 8 }, async () => {
      while (busy) statuses.add((await ask()).statusCode);
    });

    await vi.waitFor(() => expect([...statuses]).toEqual([200]));
    await cluster.halt();
    await vi.waitFor(() => expect(statuses).toContain(503));
    const refused = await ask();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect(refused.json().error.code).toBe('unavailable');
    expect(await ready()).toBe(503);
    expect((await auth.app.inject('/health')).statusCode).toBe(200);

    await cluster.start();
    busy = false;
    await Promise.all(requests);
    expect([...statuses].toSorted()).toEqual([200, 503]);
    expect([(await ask()).statusCode, await ready()]).toEqual([200, 200]);
    expect((await auth.login('alice', hashOf('p'))).statusCode).toBe(200);
    expect(auth.logged()).toContain('request failed');
    expect(auth.logged()).not.toContain(new URL(cluster.url).password);
  });
});
