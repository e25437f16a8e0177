import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { type DatabasePlace, openDatabase } from '@secure-chat/service-kit/database';
import { afterEach, describe, expect, it } from 'vitest';
import { DATABASES } from '../../../tools/postgres/databases.ts';
import { INVITES_MAX } from '../src/invites.ts';
import { migrations } from '../src/migrations/index.ts';
import { type AuthOptions, hashOf, pem, startAuth } from './auth-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const DAY_MS = 24 * 60 * 60_000;
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const auth of open.splice(0)) await auth.close();
});

async function start(options: Omit<AuthOptions, 'dataDir'>) {
  const auth = await startAuth({ dataDir: temporaryFolder(), ...options });
  open.push(auth);
  const ask = async (method: 'GET' | 'POST', path: string, body?: object) => {
    const operation = auth.admin.find((one) => one.method === method && one.path === path);
    const answer = await operation?.perform({
      caller: null,
      username: '',
      body: body ? Buffer.from(JSON.stringify(body)) : null,
    });
    return JSON.parse(answer?.json ?? 'null');
  };
  let said = '';
  return {
    ...auth,
    ask,
    /** The sentence of the last refusal. */
    said: () => said,
    invite: async (uses = 1, days = 7): Promise<string> =>
      (await ask('POST', '/invites', { uses, days })).code,
    async join(username: string, invite?: string) {
      const { public_key, nonce } = (await auth.call('GET', '/chat/auth/register-challenge')).json();
      const server = importPublicKey(public_key);
      const payload = server && oaep256Encrypt(server, `${hashOf('p')}|${nonce}`);
      const body = { username, 'public-key': pem, nonce, payload, ...(invite !== undefined && { invite }) };
      const answer = await auth.call('POST', '/chat/auth/register', body);
      if (answer.statusCode === 200) return 'ok';
      const { code, message } = answer.json().error;
      said = message;
      return code;
    },
  };
}

const rowsOf = async (place: DatabasePlace): Promise<string> => {
  const database = await openDatabase(place, migrations);
  const rows = JSON.stringify(await database('invites'));
  await database.destroy();
  return rows;
};

describe.each(DATABASES)('an invitation in $kind', ({ fresh }) => {
  it('is good for so many accounts, however it is typed, and is kept as a hash alone', async () => {
    const database = await fresh();
    const auth = await start({ database, registration: 'invite' });
    const code = await auth.invite(2);
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    expect(await auth.join('alice', code)).toBe('ok');
    const sloppy = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    expect(await auth.join('bob', sloppy)).toBe('ok');
    expect(await auth.join('carol', code)).toBe('bad_invite');
    expect(await rowsOf(database)).not.toContain(code.slice(0, 4));
  });

  it('is used up by one of many who come with it at once', async () => {
    const auth = await start({ database: await fresh(), registration: 'invite' });
    const code = await auth.invite();
    const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((name) => auth.join(name, code)));
    expect(outcomes.toSorted()).toEqual(['bad_invite', 'bad_invite', 'bad_invite', 'ok']);
    const listed: { users: { username: string }[] } = await auth.ask('GET', '/users');
    expect(listed.users).toHaveLength(1);
  });

  it('is not used up by a registration that comes to nothing', async () => {
    const auth = await start({ database: await fresh(), registration: 'invite' });
    expect(await auth.join('alice', await auth.invite())).toBe('ok');
    const code = await auth.invite();
    expect(await auth.join('Alice', code)).toBe('name_taken');
    expect(await auth.join('con', code)).toBe('bad_name');
    expect(await auth.join('bob', code)).toBe('ok');
  });

  it('counts until its day, or until it is ended', async () => {
    let now = 1_767_522_600_000;
    const auth = await start({ database: await fresh(), registration: 'invite', clock: () => now });
    const [short, long] = [await auth.invite(1, 1), await auth.invite(3, 2)];
    now += DAY_MS;
    expect(await auth.join('alice', short)).toBe('bad_invite');
    expect(await auth.join('alice', long)).toBe('ok');
    const { invites } = await auth.ask('GET', '/invites');
    expect(invites).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        uses: 3,
        used: 1,
        madeAt: now - DAY_MS,
        expiresAt: now + DAY_MS,
      },
    ]);
    const { id } = invites[0];
    expect(await auth.ask('POST', '/invites/end', { id })).toEqual({ status: 'OK' });
    await expect(auth.ask('POST', '/invites/end', { id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(auth.ask('POST', '/invites/end', { id: '%' })).rejects.toMatchObject({
      code: 'bad_request',
    });
    expect(await auth.join('bob', long)).toBe('bad_invite');
  });

  it('is wanted before anything is said of names, and by nobody where registration is open', async () => {
    const auth = await start({ database: await fresh(), registration: 'invite' });
    expect(await auth.join('alice', await auth.invite())).toBe('ok');
    for (const code of [undefined, '', '0000-0000-0000-0000']) {
      expect(await auth.join('alice', code)).toBe('bad_invite');
      expect(await auth.join('bob', code)).toBe('bad_invite');
    }
    const free = await start({ database: await fresh() });
    expect([await free.join('alice'), await free.join('bob', 'whatever')]).toEqual(['ok', 'ok']);
  });

  it('helps nobody where registration is closed, which is said', async () => {
    const auth = await start({ database: await fresh(), registration: 'closed' });
    for (const code of [undefined, await auth.invite()]) {
      expect(await auth.join('alice', code)).toBe('registration_closed');
      expect(auth.said()).toBe('Nobody can register here.');
    }
  });
});

it('there are so many invitations and no more, those that are over not counted', async () => {
  let now = 1_767_522_600_000;
  const auth = await start({ database: { file: `${temporaryFolder()}/auth.db` }, clock: () => now });
  for (let count = 0; count < INVITES_MAX; count += 1) await auth.invite(1, 1);
  await expect(auth.invite()).rejects.toMatchObject({ code: 'too_many' });
  now += DAY_MS;
  await auth.invite();
});
