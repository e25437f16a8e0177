import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EventLogError } from '@secure-chat/event-log/errors';
import type { EventLog } from '@secure-chat/event-log/event-log';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { SESSIONS_TOPIC, USERS_TOPIC } from '@secure-chat/wire/names';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { migrations } from '../src/migrations/index.ts';
import { type AuthOptions, hashOf, pem, recordsOf, startAuth } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const open: { close(): Promise<void> }[] = [];
const start = async (options: AuthOptions) => {
  const auth = await startAuth(options);
  open.push(auth);
  const codeOf = async (answer: Promise<{ statusCode: number; json(): { error?: { code: string } } }>) => {
    const { statusCode, json } = await answer;
    return statusCode === 200 ? 'ok' : json().error?.code;
  };
  return {
    ...auth,
    loginCode: (username: string, password = 'p') => codeOf(auth.login(username, hashOf(password))),
    registerCode: (username: string) => codeOf(auth.register(username, hashOf('q'))),
    /** As the user himself. */
    deleteCode: (username: string, password: string, network = '') =>
      codeOf(
        auth.deleteAccount({ username, sessionId: 'abcdefghijklmnopqrstuv' }, hashOf(password), network),
      ),
    admin: (command: string, username = '') =>
      auth.admin
        .find(({ path }) => path === command)
        ?.perform({ caller: null, username, body: null })
        .then(({ json }): unknown => JSON.parse(json)),
  };
};
afterEach(async () => {
  vi.useRealTimers();
  for (const auth of open.splice(0)) await auth.close();
});

const DELETE = '/users/:username/delete';
const SUSPEND = '/users/:username/suspend';
const RESUME = '/users/:username/resume';

async function rowsOf(place: DatabasePlace) {
  const database = await openDatabase(place, migrations);
  const rows = {
    accounts: await database('accounts'),
    sessions: await database('sessions'),
    tries: await database('password_tries'),
  };
  await database.destroy();
  return rows;
}

async function userRecord(log: EventLog, key: string) {
  const value = (await recordsOf(log, USERS_TOPIC)).get(key);
  return value ? log.codecs.user.decode(value) : null;
}

describe.each(DATABASES)('a deleted account in $kind', ({ fresh }) => {
  it('is a name that nobody gets again, and a record for all who have to forget it', async () => {
    const database = await fresh();
    const auth = await start({ dataDir: temporaryFolder(), database, clock: () => 1_767_522_600_000 });
    await auth.register('Alice', hashOf('p'));
    const sessionId = (await auth.login('alice', hashOf('p'))).json()['session-id'];

    expect(await auth.admin(DELETE, 'ALICE')).toEqual({ status: 'OK' });
    expect((await recordsOf(auth.log, SESSIONS_TOPIC)).get(sessionId)).toBeNull();
    expect(await userRecord(auth.log, 'alice')).toEqual({
      username: 'Alice',
      publicKey: '',
      registeredAt: 0,
      deletedAt: 1_767_522_600_000,
    });
    expect(await auth.loginCode('alice')).toBe('unauthorized');
    expect(await auth.registerCode('aLICE')).toBe('name_taken');
    await expect(auth.admin(DELETE, 'alice')).rejects.toMatchObject({ code: 'unknown_user' });
    await expect(auth.admin(SUSPEND, 'alice')).rejects.toMatchObject({ code: 'unknown_user' });
    expect(await auth.admin('/users')).toEqual({
      users: [
        {
          username: 'Alice',
          registeredAt: 0,
          seenAt: null,
          sessions: 0,
          suspendedAt: null,
          deletedAt: 1_767_522_600_000,
        },
      ],
      more: false,
    });
    await auth.close();
    open.pop();
    const { accounts, sessions } = await rowsOf(database);
    expect(sessions).toEqual([]);
    expect(accounts).toEqual([
      expect.objectContaining({
        folded_name: 'alice',
        public_key: '',
        sealed_password_hash: '',
        deleted_at: 1_767_522_600_000,
      }),
    ]);
  });

  it('gets a decoy like any name that is not registered', async () => {
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh() });
    await auth.register('alice', hashOf('p'));
    await auth.admin(DELETE, 'alice');
    const challenge = async (username: string) =>
      (await auth.call('POST', '/chat/auth/login-challenge', { username })).json().challenge;
    expect(await challenge('alice')).toMatch(/^[0-9a-f]+$/);
    expect(await auth.challenge('alice')).toBe('');
  });

  it('is deleted by its user with the password, and by nobody without', async () => {
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh() });
    for (const name of ['alice', 'bob']) await auth.register(name, hashOf('p'));
    expect(await auth.deleteCode('alice', 'other')).toBe('wrong_password');
    const caller = { username: 'alice', sessionId: 'abcdefghijklmnopqrstuv' };
    const { nonce } = (await auth.call('GET', '/chat/auth/register-challenge')).json();
    const bent = (body: object) =>
      auth.call('POST', '/chat/auth/delete', body, caller).then((answer) => answer.json().error.code);
    expect(await bent({ nonce, payload: '00' })).toBe('bad_payload');
    expect(await bent({ nonce: '0'.repeat(32), payload: '00' })).toBe('bad_nonce');
    expect(await auth.loginCode('alice')).toBe('ok');
    expect(await auth.deleteCode('alice', 'p')).toBe('ok');
    expect(await auth.loginCode('alice')).toBe('unauthorized');
    expect(await auth.loginCode('bob')).toBe('ok');
  });

  it('leaves nothing of where it signed in, nor of wrong passwords, and those of others stay', async () => {
    const database = await fresh();
    const auth = await start({ dataDir: temporaryFolder(), database });
    for (const name of ['alice', 'bob']) {
      await auth.register(name, hashOf('p'));
      expect(await auth.deleteCode(name, 'wrong', '198.51.100.9')).toBe('wrong_password');
      const caller = { username: name, sessionId: 'abcdefghijklmnopqrstuv' };
      await auth.changePassword(caller, hashOf('p'), hashOf('p'), '192.0.2.7');
    }
    const triesOf = async () => (await rowsOf(database)).tries.map(({ folded_name }) => folded_name);
    expect((await triesOf()).toSorted()).toEqual(['alice', 'alice', 'bob', 'bob']);
    await auth.admin(DELETE, 'Alice');
    expect(await triesOf()).toEqual(['bob', 'bob']);
  });

  it.each([
    ['the sessions', SESSIONS_TOPIC],
    ['the record', USERS_TOPIC],
  ])('is finished by the sweep and by the next start where the log could not take %s', async (_, topic) => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const database = await fresh();
    const dataDir = temporaryFolder();
    let away = false;
    const events = ({ events }: EventLog): EventLog['events'] => ({
      ...events,
      publish: (to, key, value) =>
        away && to === topic
          ? Promise.reject(new EventLogError('unavailable', 'The log is away'))
          : events.publish(to, key, value),
    });
    const auth = await start({ dataDir, database, events });
    for (const name of ['alice', 'bob']) {
      await auth.register(name, hashOf('p'));
      await auth.login(name, hashOf('p'));
    }
    away = true;
    for (const name of ['alice', 'bob'])
      await expect(auth.admin(DELETE, name)).rejects.toMatchObject({ code: 'unavailable' });
    // Nobody gets in meanwhile.
    expect(await auth.loginCode('alice')).toBe('unauthorized');
    expect((await userRecord(auth.log, 'alice'))?.deletedAt).toBe(0);
    await auth.close();
    open.pop();

    const again = await start({ dataDir, database, events });
    expect(again.logged()).toContain('accounts that a crash left unpublished still are');
    away = false;
    vi.advanceTimersByTime(60_000);
    await vi.waitFor(async () => expect((await userRecord(again.log, 'bob'))?.deletedAt).toBeGreaterThan(0));
    expect((await userRecord(again.log, 'alice'))?.deletedAt).toBeGreaterThan(0);
    await vi.waitFor(async () => {
      const sessions = await recordsOf(again.log, SESSIONS_TOPIC);
      expect([...sessions.values()].every((value) => value === null)).toBe(true);
    });
  });
});

it('leaves neither the sealed password hash nor the public key of a deleted account in any file of auth', async () => {
  const folder = temporaryFolder();
  const database = { file: join(folder, 'auth.db') };
  const auth = await start({ dataDir: temporaryFolder(), database });
  for (const name of ['alice', 'bob']) await auth.register(name, hashOf('p'));
  const probe = await openDatabase(database, migrations);
  const { sealed_password_hash: sealed } = await probe('accounts').where({ folded_name: 'alice' }).first();
  await probe.destroy();
  const key = pem.split('\n')[2] ?? '';
  const files = () =>
    readdirSync(folder)
      .map((file) => readFileSync(join(folder, file), 'latin1'))
      .join('');
  expect([files().includes(sealed), files().split(key).length]).toEqual([true, expect.any(Number)]);

  await auth.admin(DELETE, 'bob');
  await auth.admin(DELETE, 'alice');
  expect(files().includes(sealed)).toBe(false);
  expect(files().includes(key)).toBe(false);
});

describe.each(DATABASES)('a suspended account in $kind', ({ fresh }) => {
  it('is told so only to who has the password, has no session, and comes back as it was', async () => {
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh() });
    await auth.register('alice', hashOf('p'));
    const sessionId = (await auth.login('alice', hashOf('p'))).json()['session-id'];
    expect(await auth.admin(SUSPEND, 'Alice')).toEqual({ status: 'OK' });
    expect((await recordsOf(auth.log, SESSIONS_TOPIC)).get(sessionId)).toBeNull();
    expect(await auth.loginCode('alice', 'other')).toBe('unauthorized');
    expect(await auth.loginCode('alice')).toBe('suspended');
    expect(await auth.admin('/users')).toMatchObject({
      users: [{ username: 'alice', sessions: 0, suspendedAt: expect.any(Number) }],
    });
    expect(await auth.admin(RESUME, 'alice')).toEqual({ status: 'OK' });
    expect(await auth.loginCode('alice')).toBe('ok');
  });

  it('loses at the next start the sessions that a crash has left it', async () => {
    const database = await fresh();
    const dataDir = temporaryFolder();
    let away = false;
    const events = ({ events }: EventLog): EventLog['events'] => ({
      ...events,
      publish: (to, key, value) =>
        away
          ? Promise.reject(new EventLogError('unavailable', 'The log is away'))
          : events.publish(to, key, value),
    });
    const auth = await start({ dataDir, database, events });
    await auth.register('alice', hashOf('p'));
    const sessionId = (await auth.login('alice', hashOf('p'))).json()['session-id'];
    away = true;
    await expect(auth.admin(SUSPEND, 'alice')).rejects.toMatchObject({ code: 'unavailable' });
    away = false;
    expect(await auth.loginCode('alice')).toBe('suspended');
    await auth.close();
    open.pop();
    const again = await start({ dataDir, database });
    expect((await recordsOf(again.log, SESSIONS_TOPIC)).get(sessionId)).toBeNull();
  });

  it('is nobody who is not there, and no name that is none', async () => {
    const auth = await start({ dataDir: temporaryFolder(), database: await fresh() });
    for (const command of [SUSPEND, RESUME, DELETE]) {
      await expect(auth.admin(command, 'nobody')).rejects.toMatchObject({ code: 'unknown_user' });
      await expect(auth.admin(command, '../x')).rejects.toMatchObject({ code: 'bad_name' });
    }
  });
});
