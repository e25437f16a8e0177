import { exportPublicKey, generateRsaKeyPair } from '@secure-chat/crypto/rsa';
import type { EventLog } from '@secure-chat/event-log/event-log';
import type { Event } from '@secure-chat/event-log/events';
import { PRESENCE_SEEN_PATH } from '@secure-chat/wire/internal-api';
import { PRESENCE_MS } from '@secure-chat/wire/limits';
import { PRESENCE_TOPIC, USERS_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest';
import { startCluster } from '../../../tools/postgres/cluster.ts';
import { DATABASES, POSTGRES } from '../../../tools/postgres/databases.ts';
import { placeAt } from '../../../tools/postgres/place-at.ts';
import { openLog, publishUser, SESSION_ID, startDirectory } from './directory-under-test.ts';

const pem = exportPublicKey((await generateRsaKeyPair(2048)).publicKey);
const otherPem = exportPublicKey((await generateRsaKeyPair(2048)).publicKey);
afterEach(() => void vi.useRealTimers());

/** What a topic holds, and what comes. */
async function watch({ events }: EventLog, topic: string): Promise<Event[]> {
  const seen: Event[] = [];
  const subscription = await events.subscribe(topic, (event) => void seen.push(event));
  await subscription.caughtUp();
  return seen;
}

describe.each(DATABASES)('public keys in $kind', ({ fresh }) => {
  it('of a user who has just registered are found at once', async () => {
    const log = await openLog();
    const database = await fresh();
    const { call } = await startDirectory(log, database);
    for (let index = 0; index < 20; index += 1) {
      await publishUser(log, `User-${index}`, pem);
      const answer = await call('alice', 'GET', `/chat/user-${index}/publickey`);
      expect(answer.json()).toEqual({ 'public-key': pem });
    }
    expect((await call('alice', 'GET', '/chat/nobody/publickey')).statusCode).toBe(404);
  });

  it('wait until the directory has what was published before the question', async () => {
    const log = await openLog();
    const database = await fresh();
    let letThrough = (): void => {};
    const held = new Promise<void>((resolve) => {
      letThrough = resolve;
    });
    const slow: EventLog['events'] = {
      ...log.events,
      subscribe: (topic, handler) =>
        log.events.subscribe(topic, async (event) => {
          if (topic === USERS_TOPIC) await held;
          await handler(event);
        }),
    };
    const { call } = await startDirectory(log, database, Date.now, slow);
    await publishUser(log, 'bob', pem);
    let answered = false;
    const answer = call('alice', 'GET', '/chat/bob/publickey').then((it) => {
      answered = true;
      return it;
    });
    // An answer that does not wait comes before this one, which was asked later.
    await call('alice', 'GET', '/chat/users');
    await call('alice', 'GET', '/chat/users');
    expect(answered).toBe(false);
    letThrough();
    expect((await answer).json()).toEqual({ 'public-key': pem });
  });

  it('that are bad, and records that are none, are set aside; the next record arrives', async () => {
    const log = await openLog();
    const database = await fresh();
    const { call, lines } = await startDirectory(log, database);
    await publishUser(log, 'badkey', 'no PEM');
    await publishUser(log, '../x', pem);
    await log.events.publish(USERS_TOPIC, 'poison', Buffer.from('{'));
    await log.events.publish(USERS_TOPIC, 'gone', null);
    await publishUser(log, 'good', pem);
    expect((await call('alice', 'GET', '/chat/good/publickey')).statusCode).toBe(200);
    expect((await call('alice', 'GET', '/chat/badkey/publickey')).statusCode).toBe(404);
    expect((await call('alice', 'GET', '/chat/users')).json()).toEqual([{ username: 'good', online: false }]);
    expect(lines.filter((line) => line.includes('a record was set aside'))).toHaveLength(4);
  });

  it('survive a restart, which follows the same records again and changes nothing', async () => {
    const log = await openLog();
    const database = await fresh();
    const before = await startDirectory(log, database);
    await publishUser(log, 'Bob', pem);
    await publishUser(log, 'alice', pem);
    const listed = async (directory: typeof before) => {
      expect((await directory.call('x', 'GET', '/chat/alice/publickey')).json()).toEqual({
        'public-key': pem,
      });
      return (await directory.call('x', 'GET', '/chat/users')).json();
    };
    const users = await listed(before);
    expect(users).toEqual([
      { username: 'alice', online: false },
      { username: 'Bob', online: false },
    ]);
    await before.close();
    const after = await startDirectory(log, database);
    expect(await listed(after)).toEqual(users);
  });

  it('are replaced when the same name is registered anew', async () => {
    const log = await openLog();
    const database = await fresh();
    const { call } = await startDirectory(log, database);
    await publishUser(log, 'bob', pem, 1);
    await publishUser(log, 'bob', otherPem, 2);
    await publishUser(log, 'later', pem);
    await call('alice', 'GET', '/chat/later/publickey');
    expect((await call('alice', 'GET', '/chat/bob/publickey')).json()).toEqual({ 'public-key': otherPem });
  });
});

describe.each(DATABASES)('presence in $kind', ({ fresh }) => {
  it('is published when it changes, not when it is renewed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const log = await openLog();
    const database = await fresh();
    const { call } = await startDirectory(log, database);
    const published = await watch(log, PRESENCE_TOPIC);
    const online = () =>
      Promise.all(
        published.map(async ({ value }) => value && (await log.codecs.presence.decode(value))?.online),
      );
    for (let count = 0; count < 5; count += 1) {
      expect((await call('Alice', 'POST', '/presence')).statusCode).toBe(200);
      vi.advanceTimersByTime(1_000);
    }
    await vi.waitFor(async () => expect(await online()).toEqual([true]));
    vi.advanceTimersByTime(PRESENCE_MS);
    await vi.waitFor(async () => expect(await online()).toEqual([true, false]));
    expect(published.map(({ key }) => key)).toEqual(['alice', 'alice']);
  });

  it('is told by gateways of those who have a stream open, many at once, as if they had said so', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const log = await openLog();
    const { call } = await startDirectory(log, await fresh());
    for (const name of ['alice', 'bob', 'carl']) await publishUser(log, name, pem);
    // The last one is there, and so is everybody.
    await call('carl', 'GET', '/chat/carl/publickey');
    const expectOnline = async (...names: string[]) =>
      expect((await call('carl', 'GET', '/chat/users')).json()).toEqual(
        ['alice', 'bob', 'carl'].map((username) => ({ username, online: names.includes(username) })),
      );
    const report = (usernames: unknown, left: unknown = []) =>
      call(null, 'POST', PRESENCE_SEEN_PATH, { gateway: 'one', usernames, left });
    expect((await report(['alice', 'bob'])).statusCode).toBe(200);
    await expectOnline('alice', 'bob');
    vi.advanceTimersByTime(PRESENCE_MS - 1_000);
    await report(['bob']);
    vi.advanceTimersByTime(1_000);
    await expectOnline('bob');
    for (const bad of [undefined, 'bob', [1], ['../x']]) {
      expect((await report(bad)).statusCode).toBe(400);
      expect((await report([], bad ?? null)).statusCode).toBe(400);
    }
  });

  it('ends at once when a gateway says that the last stream was closed, though its session had announced itself', async () => {
    const log = await openLog();
    const { call } = await startDirectory(log, await fresh());
    for (const name of ['alice', 'carl']) await publishUser(log, name, pem);
    await call('carl', 'GET', '/chat/carl/publickey');
    const isOnline = async () => (await call('carl', 'GET', '/chat/users')).json()[0].online;
    const report = (gateway: string, part: object) =>
      call(null, 'POST', PRESENCE_SEEN_PATH, { gateway, usernames: [], left: [], ...part });
    await call('alice', 'POST', '/presence');
    for (const gateway of ['one', 'two']) await report(gateway, { usernames: ['alice'] });
    const left = [{ username: 'alice', sessionId: SESSION_ID }];
    await report('one', { left });
    expect(await isOnline()).toBe(true);
    await report('two', { left });
    expect(await isOnline()).toBe(false);
  });

  it('of the last instance is taken over at a restart, and expires', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const log = await openLog();
    const database = await fresh();
    await publishUser(log, 'alice', pem);
    await publishUser(log, 'bob', pem);
    const before = await startDirectory(log, database);
    await before.call('alice', 'POST', '/presence');
    const published = await watch(log, PRESENCE_TOPIC);
    await vi.waitFor(() => expect(published).toHaveLength(1));
    await before.close();

    const after = await startDirectory(log, database);
    const users = async () => (await after.call('bob', 'GET', '/chat/users')).json();
    const bob = { username: 'bob', online: false };
    expect(await users()).toEqual([{ username: 'alice', online: true }, bob]);
    vi.advanceTimersByTime(PRESENCE_MS);
    expect(await users()).toEqual([{ username: 'alice', online: false }, bob]);
    await vi.waitFor(async () => {
      const last = published.at(-1)?.value;
      expect(last && (await log.codecs.presence.decode(last))).toMatchObject({
        username: 'alice',
        online: false,
      });
    });
  });
});

describe.each(DATABASES)('the directory in $kind', ({ fresh }) => {
  it('refuses a direct call', async () => {
    const { app, call } = await startDirectory(await openLog(), await fresh());
    for (const [method, url] of [
      ['GET', '/chat/users'],
      ['POST', '/presence'],
      ['POST', PRESENCE_SEEN_PATH],
      ['GET', '/chat/bob/publickey'],
      ['PUT', '/chat/keys/bundle'],
      ['GET', '/chat/bob/bundle'],
      ['GET', '/key-log'],
    ] as const) {
      expect((await app.inject({ method, url })).statusCode).toBe(401);
    }
    expect((await call('alice', 'GET', '/chat/con/publickey')).statusCode).toBe(400);
  });
});

describe.each(POSTGRES)('the directory whose $kind server goes away', () => {
  it('refuses what it cannot look up, lists who it knows, and has who registered meanwhile once the server is back', async () => {
    const cluster = await startCluster(inject('postgresPrograms') ?? '');
    onTestFinished(() => cluster.remove());
    const log = await openLog();
    const { app, call, close } = await startDirectory(log, placeAt(cluster.url, 'directory'));
    await publishUser(log, 'alice', pem);
    const keyOf = (username: string) => call('x', 'GET', `/chat/${username}/publickey`);
    expect((await keyOf('alice')).statusCode).toBe(200);
    // In the key log, too: nothing is under way when the server goes.
    await vi.waitFor(async () =>
      expect((await call('x', 'GET', '/key-log')).json()).toMatchObject({ size: 1 }),
    );
    await cluster.halt();
    await publishUser(log, 'bob', pem);
    for (const name of ['alice', 'bob']) {
      const refused = await keyOf(name);
      expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
    }
    expect((await call('x', 'GET', '/chat/users')).json()).toEqual([{ username: 'alice', online: false }]);
    const { parts } = (await app.inject('/ready')).json();
    expect(parts).toEqual({ database: false, users: false, keyLog: true });
    await cluster.start();
    expect((await keyOf('bob')).json()).toEqual({ 'public-key': pem });
    expect((await app.inject('/ready')).statusCode).toBe(200);
    await cluster.halt();
    await publishUser(log, 'carol', pem);
    await close();
  });
});
