import { createHash, createPublicKey, randomUUID } from 'node:crypto';
import { exportPublicKey } from '@secure-chat/crypto/rsa';
import { EventLogError } from '@secure-chat/event-log/errors';
import type { EventLog } from '@secure-chat/event-log/event-log';
import { openDatabase } from '@secure-chat/service-kit/database';
import type { KeyLogRecord } from '@secure-chat/wire/events';
import { KEY_LOG_PAGE_MAX } from '@secure-chat/wire/limits';
import { KEY_LOG_TOPIC } from '@secure-chat/wire/names';
import { describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startCluster } from '../../../tools/postgres/cluster.ts';
import { DATABASES, POSTGRES } from '../../../tools/postgres/databases.ts';
import { placeAt } from '../../../tools/postgres/place-at.ts';
import { type Addition, chain, headAfter, recordOf, START } from '../src/key-log/chain.ts';
import { users as firstMigration } from '../src/migrations/001-users.ts';
import { bundleOf, otherKey, pem } from './bundle-of.ts';
import { openLog, publishUser, startDirectory } from './directory-under-test.ts';
import { hashAfter, pageOf, wholeLog } from './log-reading.ts';
import { writeAtOnce } from './write-at-once.ts';

const PUBLISH = '/chat/keys/bundle';

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const derOf = (key: string): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' });

const untilLogged = (directory: Awaited<ReturnType<typeof startDirectory>>, size: number) =>
  vi.waitFor(async () => expect((await pageOf(directory)).size).toBe(size), { timeout: 10_000 });

async function publishRecord({ events, codecs }: EventLog, record: KeyLogRecord): Promise<void> {
  await events.publish(KEY_LOG_TOPIC, randomUUID(), await codecs.keyLog.encode(record));
}

/** Records of these additions, chained from the start of the log, one a millisecond. */
function recordsOf(additions: readonly Addition[]): KeyLogRecord[] {
  let head = START;
  return additions.map((addition, at) => {
    const entry = chain(head, addition, at);
    head = headAfter(entry);
    return recordOf(entry);
  });
}

const addition = (username: string): Addition => ({
  username,
  kind: 'public-key',
  content: Buffer.alloc(32, 1),
  bundle: '',
});

describe.each(DATABASES)('the key log in $kind', ({ fresh }) => {
  it('has each public key and each bundle, in the order in which they came, each chained to the one before', async () => {
    const log = await openLog();
    const now = Date.now();
    const directory = await startDirectory(log, await fresh(), () => now);
    await publishUser(log, 'Alice', pem);
    await untilLogged(directory, 1);
    await directory.call('Alice', 'PUT', PUBLISH, { bundle: bundleOf('Alice', 1) });
    await publishUser(log, 'bob', pem);
    await untilLogged(directory, 3);
    const key = { kind: 'public-key', content: sha256(derOf(pem)), at: now };
    const bundle = { kind: 'bundle', content: sha256(Buffer.from(bundleOf('Alice', 1), 'base64')), at: now };
    expect(await wholeLog(directory)).toEqual([
      { username: 'Alice', ...key },
      { username: 'Alice', ...bundle },
      { username: 'bob', ...key },
    ]);
  });

  it('has a public key once, and another one of the same user as well', async () => {
    const log = await openLog();
    const directory = await startDirectory(log, await fresh());
    const other = exportPublicKey(otherKey);
    for (const [time, key] of [pem, pem, other, pem].entries()) {
      await publishUser(log, 'alice', key, time);
      await directory.call('x', 'GET', '/chat/nobody/publickey');
      await publishUser(log, `user-${time}`, key);
      await vi.waitFor(async () => {
        const names = (await wholeLog(directory)).map(({ username }) => username);
        expect(names).toContain(`user-${time}`);
      });
    }
    const entries = await wholeLog(directory);
    expect(entries.filter(({ username }) => username === 'alice').map(({ content }) => content)).toEqual(
      [pem, other, pem].map((key) => sha256(derOf(key))),
    );
  });

  it('gets the keys of users from before there was one', async () => {
    const log = await openLog();
    const place = await fresh();
    const names = Array.from({ length: 250 }, (_, index) => `User-${index}`);
    for (const name of names) await publishUser(log, name, pem);
    const before = await openDatabase(place, [firstMigration]);
    const rows = names.map((username) => ({
      folded_name: username.toLowerCase(),
      username,
      public_key: pem,
      registered_at: 1,
    }));
    await before.batchInsert('users', rows, 50);
    await before.destroy();
    const directory = await startDirectory(log, place);
    const listed: { username: string }[] = (await directory.call('x', 'GET', '/chat/users')).json();
    expect(listed).toHaveLength(names.length);
    await untilLogged(directory, names.length);
    const logged = (await wholeLog(directory)).map(({ username }) => username);
    expect(logged.toSorted()).toEqual(names.toSorted());
  });

  it('comes in pages, with the hash after each', async () => {
    const log = await openLog();
    const total = KEY_LOG_PAGE_MAX + 5;
    const records = recordsOf(Array.from({ length: total }, (_, index) => addition(`user-${index}`)));
    await Promise.all(records.map((record) => publishRecord(log, record)));
    const directory = await startDirectory(log, await fresh());
    const entries = await wholeLog(directory);
    expect(entries.map(({ username }) => username)).toEqual(records.map(({ username }) => username));
    const first = await pageOf(directory);
    expect([first.from, first.size, first.entries.length]).toEqual([0, total, KEY_LOG_PAGE_MAX]);
    expect(first.hash).toBe(hashAfter(entries.slice(0, KEY_LOG_PAGE_MAX)));
    const last = await pageOf(directory, KEY_LOG_PAGE_MAX);
    expect(last).toEqual({
      from: KEY_LOG_PAGE_MAX,
      size: total,
      hash: hashAfter(last.entries, first.hash),
      entries: entries.slice(KEY_LOG_PAGE_MAX),
    });
    for (const from of [total, total + 1, 999_999_999_999_999]) {
      expect(await pageOf(directory, from)).toEqual({ from, size: total, hash: last.hash, entries: [] });
    }
  });

  it('that is empty has the hash of 32 zeros', async () => {
    const directory = await startDirectory(await openLog(), await fresh());
    const empty = { from: 0, size: 0, hash: '00'.repeat(32), entries: [] };
    expect(await pageOf(directory)).toEqual(empty);
  });

  it.each(['x', '-1', '1.5', '01', '', '1&from=2', '1000000000000000'])(
    'has no page from "%s"',
    async (from) => {
      const directory = await startDirectory(await openLog(), await fresh());
      const answer = await directory.call('reader', 'GET', `/key-log?from=${from}`);
      expect(answer.json()).toMatchObject({ error: { code: 'bad_request' } });
    },
  );

  it('sets aside what is not the next entry, and takes the one that is', async () => {
    const log = await openLog();
    const bundle = bundleOf('bob', 1);
    const content = createHash('sha256').update(Buffer.from(bundle, 'base64')).digest();
    const additions: Addition[] = [addition('alice'), { username: 'bob', kind: 'bundle', content, bundle }];
    const [first, second] = recordsOf(additions);
    const chained = (bent: Partial<Addition>, at = 1) =>
      recordOf(
        chain({ size: 1, hash: Buffer.from(first?.hash ?? '', 'hex') }, { ...addition('bob'), ...bent }, at),
      );
    if (!first || !second) throw new Error('no records');
    const directory = await startDirectory(log, await fresh());
    const broken: KeyLogRecord[] = [
      second,
      { ...first, index: 1 },
      { ...first, index: -1 },
      { ...first, hash: '00'.repeat(32) },
      { ...first, hash: first.hash.toUpperCase() },
      { ...first, username: 'eve' },
      { ...first, at: 7 },
      { ...first, at: -1 },
      { ...first, content: '11'.repeat(32) },
      { ...first, content: 'xx' },
      { ...first, kind: 'password' },
    ];
    for (const record of broken) await publishRecord(log, record);
    await log.events.publish(KEY_LOG_TOPIC, 'gone', null);
    await log.events.publish(KEY_LOG_TOPIC, 'poison', Buffer.from('{'));
    expect((await pageOf(directory)).size).toBe(0);
    await publishRecord(log, first);
    const wrong = [
      first,
      chained({ kind: 'bundle', content, bundle: bundleOf('bob', 2) }),
      chained({ kind: 'bundle', content, bundle: `${bundle}!` }),
      chained({ kind: 'bundle', content, bundle: '' }),
      chained({ bundle }),
      chained({ username: '../bob' }),
    ];
    for (const record of wrong) await publishRecord(log, record);
    expect((await pageOf(directory)).size).toBe(1);
    await publishRecord(log, second);
    const entries = await wholeLog(directory);
    expect(entries.map(({ username }) => username)).toEqual(['alice', 'bob']);
    const said = (what: string) => directory.lines.filter((line) => line.includes(what)).length;
    // What is sound in itself would have been the entry of another log: several directories make such, and it is no error.
    expect(said('an entry came too late')).toBe(9);
    expect(said('a record was set aside')).toBe(broken.length + 2 + wrong.length - 9);
    // Of who is no user, or not any more, nothing is handed out, whatever the log has.
    const asked = () => directory.call('x', 'GET', '/chat/bob/bundle');
    expect((await asked()).json()).toMatchObject({ error: { code: 'unknown_user' } });
    await publishUser(log, 'bob', pem);
    expect((await asked()).json()).toEqual({ bundle });
  });
});

describe.each(DATABASES)('the tables of the key log in $kind', ({ fresh }) => {
  /** A log with five users, each with a bundle. */
  async function filled(log: EventLog) {
    const place = await fresh();
    const directory = await startDirectory(log, place);
    const names = ['ann', 'bea', 'cleo', 'dora', 'eve'];
    for (const name of names) await publishUser(log, name, pem);
    await untilLogged(directory, names.length);
    for (const name of names) await directory.call(name, 'PUT', PUBLISH, { bundle: bundleOf(name, 1) });
    const entries = await wholeLog(directory);
    expect(entries).toHaveLength(2 * names.length);
    await directory.close();
    return { place, entries };
  }

  it('are as they were after a restart, which says nothing of records', async () => {
    const log = await openLog();
    const { place, entries } = await filled(log);
    const again = await startDirectory(log, place);
    expect(await wholeLog(again)).toEqual(entries);
    expect(again.lines.filter((line) => /set aside|made anew/.test(line))).toEqual([]);
  });

  it('are made from the topic where there are none', async () => {
    const log = await openLog();
    const { entries } = await filled(log);
    const other = await startDirectory(log, await fresh());
    expect(await wholeLog(other)).toEqual(entries);
    expect((await other.call('x', 'GET', '/chat/dora/bundle')).json()).toEqual({
      bundle: bundleOf('dora', 1),
    });
  });

  it('get what was published while no directory ran', async () => {
    const log = await openLog();
    const { place } = await filled(log);
    const other = await startDirectory(log, await fresh());
    await other.call('ann', 'PUT', PUBLISH, { bundle: bundleOf('ann', 2) });
    const entries = await wholeLog(other);
    await other.close();
    const again = await startDirectory(log, place);
    expect(await wholeLog(again)).toEqual(entries);
    expect((await again.call('x', 'GET', '/chat/ann/bundle')).json()).toEqual({ bundle: bundleOf('ann', 2) });
  });

  it('are made anew when they are those of another log', async () => {
    const { place } = await filled(await openLog());
    const log = await openLog();
    const directory = await startDirectory(log, place);
    expect(directory.lines.filter((line) => line.includes('made anew'))).toHaveLength(1);
    // The users are those of before: their keys are the first that the new log gets.
    await untilLogged(directory, 5);
    expect((await wholeLog(directory)).map(({ kind }) => kind)).toEqual(Array(5).fill('public-key'));
    expect((await directory.call('x', 'GET', '/chat/ann/bundle')).json().error.code).toBe('no_bundle');
  });

  it('get at the next start what was published and not applied; who waited is told to come again', async () => {
    const log = await openLog();
    const place = await fresh();
    let held = false;
    const arrived = vi.fn();
    const never = new Promise<void>(() => {});
    const deaf: EventLog['events'] = {
      ...log.events,
      subscribe: (topic, handler) =>
        log.events.subscribe(topic, async (event) => {
          if (topic === KEY_LOG_TOPIC && held) {
            arrived();
            await never;
          }
          await handler(event);
        }),
    };
    const before = await startDirectory(log, place, Date.now, deaf);
    await publishUser(log, 'alice', pem);
    await untilLogged(before, 1);
    held = true;
    const bundle = bundleOf('alice', 1);
    const waiting = before.call('alice', 'PUT', PUBLISH, { bundle });
    await vi.waitFor(() => expect(arrived).toHaveBeenCalled());
    await before.close();
    const refused = await waiting;
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    const after = await startDirectory(log, place);
    expect((await after.call('x', 'GET', '/chat/alice/bundle')).json()).toEqual({ bundle });
    expect((await after.call('alice', 'PUT', PUBLISH, { bundle })).statusCode).toBe(200);
    expect(await wholeLog(after)).toHaveLength(2);
  });
});

describe.each(DATABASES)('several directories on one key log in $kind', ({ fresh }) => {
  it('write at once, and have the same log', async () =>
    writeAtOnce(await openLog(), [await fresh(), await fresh()], 'user'));

  it('never let a serial go back, whoever is asked', async () => {
    const log = await openLog();
    const directories = [
      await startDirectory(log, await fresh()),
      await startDirectory(log, await fresh()),
    ] as const;
    await publishUser(log, 'alice', pem);
    await untilLogged(directories[0], 1);
    const serials = [4, 2, 9, 1, 7, 3];
    const answers = await Promise.all(
      serials.map((serial, index) =>
        directories[index % 2 === 0 ? 0 : 1].call('alice', 'PUT', PUBLISH, {
          bundle: bundleOf('alice', serial),
        }),
      ),
    );
    const accepted = serials.filter((_, index) => answers[index]?.statusCode === 200);
    const serialOf = new Map(
      serials.map((serial) => [sha256(Buffer.from(bundleOf('alice', serial), 'base64')), serial]),
    );
    const bundles = (await wholeLog(directories[0])).filter(({ kind }) => kind === 'bundle');
    const logged = bundles.map(({ content }) => serialOf.get(content));
    expect(logged).toEqual(accepted.toSorted());
    expect(logged.at(-1)).toBe(9);
    for (const { call } of directories)
      expect((await call('x', 'GET', '/chat/alice/bundle')).json()).toEqual({ bundle: bundleOf('alice', 9) });
  });
});

// Not in one SQLite file: two connections of one process would each wait for the other.
describe.each(POSTGRES)('several directories on one key log and one database in $kind', ({ fresh }) => {
  it('write at once, and have the same log', async () => {
    const place = await fresh();
    await writeAtOnce(await openLog(), [place, place], 'user');
  });
});

describe('an event log that takes nothing for a while', () => {
  it('is a 503 for who publishes a bundle, and a delay for the public keys', async () => {
    const log = await openLog();
    const [{ fresh } = { fresh: () => Promise.reject(new Error('no database')) }] = DATABASES;
    let fails = true;
    const failing: EventLog['events'] = {
      ...log.events,
      publish: async (topic, key, value) => {
        if (fails && topic === KEY_LOG_TOPIC) throw new EventLogError('unavailable', 'not now');
        return log.events.publish(topic, key, value);
      },
    };
    const directory = await startDirectory(log, await fresh(), Date.now, failing);
    for (const name of ['alice', 'bob']) await publishUser(log, name, pem);
    const put = () => directory.call('alice', 'PUT', PUBLISH, { bundle: bundleOf('alice', 1) });
    const refused = await put();
    expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    expect((await directory.call('x', 'GET', '/chat/bob/publickey')).statusCode).toBe(200);
    await vi.waitFor(() =>
      expect(directory.lines.filter((line) => line.includes('wait for the key log')).length).toBeGreaterThan(
        0,
      ),
    );
    expect((await pageOf(directory)).size).toBe(0);
    fails = false;
    expect((await put()).statusCode).toBe(200);
    await untilLogged(directory, 3);
  });
});

describe.each(POSTGRES)('the key log whose $kind server goes away', () => {
  it('is refused meanwhile, and goes on when the server is back', async () => {
    const cluster = await startCluster(inject('postgresPrograms') ?? '');
    onTestFinished(() => cluster.remove());
    const log = await openLog();
    const directory = await startDirectory(log, placeAt(cluster.url, 'directory'));
    await publishUser(log, 'alice', pem);
    await untilLogged(directory, 1);
    await cluster.halt();
    await publishUser(log, 'bob', pem);
    const ask = (method: 'GET' | 'PUT', path: string, body?: object) =>
      directory.call('alice', method, path, body);
    const bundle = bundleOf('alice', 1);
    const requests = [
      () => ask('PUT', PUBLISH, { bundle }),
      () => ask('GET', '/chat/alice/bundle'),
      () => ask('GET', '/key-log'),
    ];
    for (const request of requests) {
      const refused = await request();
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    }
    await cluster.start();
    expect((await ask('PUT', PUBLISH, { bundle })).statusCode).toBe(200);
    await untilLogged(directory, 3);
    await cluster.halt();
    await publishUser(log, 'carol', pem);
    await directory.close();
  });
});
