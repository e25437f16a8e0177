import { existsSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkServer, createAccount, type Progress, profileExists, signIn } from '../src/chat-client.ts';
import { type FakeServer, failed, startFakeServer } from './fake-server.ts';
import { eventually, gatherPeople, PASSWORD, type People } from './people.ts';
import { QUICK } from './quick.ts';

let server: FakeServer;
let people: People;
beforeEach(async () => {
  server = await startFakeServer();
  people = await gatherPeople(() => server.url);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const count = (path: string): number => server.requests.filter((request) => request.path === path).length;

it('an account is created step by step, and its profile signs in again', async () => {
  const steps: Progress[] = [];
  const client = await createAccount(
    { ...people.options('alice'), onProgress: (step) => steps.push(step) },
    QUICK,
  );
  expect(steps).toEqual(['making keys', 'registering', 'signing in']);
  expect(client.state()).toEqual({ kind: 'online' });
  await client.close();
  const again: Progress[] = [];
  const same = { ...people.options('alice'), username: 'Alice' };
  const back = await signIn({ ...same, onProgress: (step) => again.push(step) }, QUICK);
  expect(again).toEqual(['unlocking', 'signing in']);
  expect(back).toMatchObject({ username: 'alice', server: server.url });
  await back.close();
});

it('a new account has its keys with the server before it is seen to be here', async () => {
  await people.join('alice');
  const paths = server.requests.map(({ path }) => path);
  const published = paths.indexOf('/chat/keys/bundle');
  expect(published).toBeGreaterThan(-1);
  expect(published).toBeLessThan(paths.indexOf('/presence'));
  expect(paths.findIndex((path) => path.startsWith('/chat/stream'))).toBeGreaterThan(published);
});

it('the server is given nothing to guess the password by', async () => {
  await people.join('alice');
  const { passwordHash } = await import('@secure-chat/crypto/login-proof');
  expect(server.user('alice').hash).toMatch(/^[0-9a-f]{64}$/);
  expect(server.user('alice').hash).not.toBe(passwordHash(people.options('alice').password));
});

it.each([
  ['bad_name', { username: '../x' }],
  ['bad_name', { username: 'con' }],
  ['bad_name', { username: 'a'.repeat(33) }],
  ['weak_password', { password: '1234567' }],
  ['not_a_server', { server: 'localhost' }],
  ['not_a_server', { server: 'ftp://127.0.0.1' }],
  ['offline', { server: 'http://127.0.0.1:1' }],
])('%s: nothing is left behind', async (code, wrong) => {
  const options = { ...people.options('alice'), ...wrong };
  await expect(createAccount(options, QUICK)).rejects.toMatchObject({ code });
  expect(readdirSync(people.root)).toEqual([]);
});

it('a name that is taken is said so, and the profile is removed', async () => {
  await people.join('alice');
  const options = { ...people.options('ALICE'), profile: people.profileOf('other') };
  await expect(createAccount(options, QUICK)).rejects.toMatchObject({ code: 'name_taken' });
  expect(existsSync(people.profileOf('other'))).toBe(false);
});

it('something else that answers is not taken for a server', async () => {
  server.setFault(() => ({
    status: 200,
    body: '<html>hello</html>',
    headers: { 'content-type': 'text/html' },
  }));
  await expect(people.join('alice')).rejects.toMatchObject({ code: 'not_a_server' });
  server.setFault(() => null);
  await (await people.join('alice')).close();
  server.setFault(() => ({ status: 404, body: 'not here' }));
  await expect(people.back('alice')).rejects.toMatchObject({ code: 'not_a_server' });
});

it.each(['after', 'cut'] as const)(
  'a registration cut off (%s) is resumed by the same call',
  async (fault) => {
    server.setFault((path) => (path === '/chat/auth/register' ? fault : null));
    await expect(people.join('alice')).rejects.toMatchObject({ code: 'offline', retryable: true });
    expect(profileExists(people.profileOf('alice'))).toBe(true);
    server.setFault(() => null);
    const another = { ...people.options('alice'), password: 'another password' };
    await expect(createAccount(another, QUICK)).rejects.toMatchObject({ code: 'profile_exists' });
    const alice = await people.join('alice');
    expect(alice.state()).toEqual({ kind: 'online' });
    expect(count('/chat/auth/register')).toBe(fault === 'after' ? 1 : 2);
  },
);

it('a registration cut off is finished by signing in, too', async () => {
  server.setFault((path) => (path === '/chat/auth/register' ? 'cut' : null));
  await expect(people.join('alice')).rejects.toMatchObject({ code: 'offline' });
  server.setFault(() => null);
  expect((await people.back('alice')).state()).toEqual({ kind: 'online' });
});

it('a registration that arrives while it is resumed is recognised as our own', async () => {
  let first = true;
  server.setFault((path) => {
    if (path === '/chat/auth/register' && first) {
      first = false;
      return 'after';
    }
    return null;
  });
  await expect(people.join('alice')).rejects.toMatchObject({ code: 'offline' });
  let challenges = 0;
  const decoy = '00'.repeat(256);
  server.setFault((path) =>
    path === '/chat/auth/login-challenge' && ++challenges === 1
      ? { status: 200, body: { challenge: decoy } }
      : null,
  );
  expect((await people.join('alice')).state()).toEqual({ kind: 'online' });
  expect(count('/chat/auth/register')).toBe(2);
});

it('a profile is not created twice, nor opened under another name, nor without one', async () => {
  const alice = await people.join('alice');
  await expect(people.back('bob')).rejects.toMatchObject({ code: 'no_profile' });
  await alice.close();
  await expect(people.join('alice')).rejects.toMatchObject({ code: 'profile_exists' });
  const other = { ...people.options('bob'), profile: people.profileOf('alice') };
  await expect(signIn(other, QUICK)).rejects.toMatchObject({ code: 'no_profile' });
});

it('a server that does not know the account says so at sign-in', async () => {
  const alice = await people.join('alice');
  await alice.close();
  server.forgetUsers();
  await expect(people.back('alice')).rejects.toMatchObject({ code: 'unknown_user' });
  expect(profileExists(people.profileOf('alice'))).toBe(true);
});

it('a session that was ended from elsewhere is not opened again: the client says so, and asks nothing more', async () => {
  const alice = await people.join('alice');
  const told: unknown[] = [];
  alice.on((event) => event.kind === 'ended' && told.push(event.reason));
  server.endSessions();
  const ENDED =
    'This session was ended from elsewhere, or by a change of the password. Sign in again if it was you.';
  await eventually(() => expect(told).toEqual([ENDED]));
  await eventually(() => expect(alice.state()).toMatchObject({ kind: 'offline', reason: ENDED }));
  await expect(alice.sessions()).rejects.toMatchObject({ code: 'session_ended' });
  expect(count('/chat/auth/login')).toBe(1);
  await alice.close();
  expect((await people.back('alice')).state()).toEqual({ kind: 'online' });
});

it('a clock that is off is named as the reason', async () => {
  const alice = await people.join('alice', { now: () => Date.now() + 120_000 });
  expect(alice.state()).toMatchObject({
    kind: 'offline',
    reason: expect.stringMatching(/^Your clock is 1[12]\d s ahead of the server's\. Set it right\.$/),
  });
});

it('a busy server is asked again no sooner than it says', async () => {
  const alice = await people.join('alice');
  server.setFault(() => failed('unavailable', { 'retry-after': '30' }));
  await eventually(() => expect(alice.state().kind).toBe('offline'));
  const state = alice.state();
  if (state.kind !== 'offline') throw new Error(state.kind);
  expect(state.retryAt - Date.now()).toBeGreaterThan(25_000);
  expect(state.reason).toBe('The service is busy or not ready. Try again shortly.');
});

it('too many log-ins are said so, with the time until the next, which is not before', async () => {
  const alice = await people.join('alice');
  await alice.close();
  server.setFault((path) =>
    path === '/chat/auth/login-challenge' ? failed('too_many', { 'retry-after': '200' }) : null,
  );
  const back = await people.back('alice');
  const state = back.state();
  if (state.kind !== 'offline') throw new Error(state.kind);
  expect(state.reason).toBe('The server has had too many requests of this kind: again in 4 min.');
  expect(state.retryAt - Date.now()).toBeGreaterThan(190_000);
});

it('too many registrations are said so, once, and the same call goes on later', async () => {
  server.setFault((path) =>
    path === '/chat/auth/register' ? failed('too_many', { 'retry-after': '20' }) : null,
  );
  await expect(people.join('alice')).rejects.toThrow(
    'The server has had too many requests of this kind: again in 20 s. Try again with the same name',
  );
  expect(server.requests.filter(({ path }) => path === '/chat/auth/register')).toHaveLength(1);
  server.setFault(() => null);
  expect((await people.join('alice')).state().kind).toBe('online');
});

it('logging out ends the session at the server; closing leaves it; both may be repeated', async () => {
  const alice = await people.join('alice');
  await alice.close();
  await alice.close();
  expect(server.openSessions()).toBe(1);
  const back = await people.back('alice');
  await Promise.all([back.logout(), back.close()]);
  expect(server.openSessions()).toBe(1);
  expect(() => back.contacts()).toThrow(expect.objectContaining({ code: 'refused' }));
});

it('logging out of a server that is away still closes', async () => {
  const alice = await people.join('alice');
  await server.stop();
  await alice.logout();
  await server.restart();
  expect((await people.back('alice')).state()).toEqual({ kind: 'online' });
});

it('a profile notes the server that it signed in at, and finds it again when none is given', async () => {
  await (await people.join('alice')).close();
  const known = { ...people.options('alice'), server: null, username: null };
  const back = await signIn(known, QUICK);
  expect(back).toMatchObject({ username: 'alice', server: server.url });
  await back.close();
});

it('a server that is given is noted once it has let the profile in, and not before', async () => {
  await (await people.join('alice')).close();
  const moved = server.url.replace('127.0.0.1', 'localhost');
  const away = await signIn({ ...people.options('alice'), server: 'http://127.0.0.1:1' }, QUICK);
  expect(away.state().kind).toBe('offline');
  await away.close();
  const given = await signIn({ ...people.options('alice'), server: moved }, QUICK);
  await given.close();
  const known = await signIn({ ...people.options('alice'), server: null }, QUICK);
  expect(known.server).toBe(moved);
  await known.close();
});

it('a server is checked before anything is made', async () => {
  await expect(checkServer(server.url)).resolves.toBeUndefined();
  await expect(checkServer('http://127.0.0.1:1')).rejects.toMatchObject({ code: 'offline' });
  server.setFault(() => ({ status: 200, body: '<html>hello</html>' }));
  await expect(checkServer(server.url)).rejects.toMatchObject({ code: 'not_a_server' });
});

it('where the server wants an invitation, an account is made with one, and nothing is left behind without', async () => {
  server.invite('come-in');
  await expect(createAccount(people.options('alice'), QUICK)).rejects.toMatchObject({
    code: 'bad_invite',
    message: 'This server wants an invitation. Ask who runs it, and type the code.',
  });
  const wrong = { ...people.options('alice'), invite: 'guess' };
  await expect(createAccount(wrong, QUICK)).rejects.toMatchObject({
    code: 'bad_invite',
    message: 'This code does not count: mistyped, used up or over. Ask for another.',
  });
  expect(readdirSync(people.root)).toEqual([]);
  const alice = await createAccount({ ...people.options('alice'), invite: 'come-in' }, QUICK);
  expect(alice.state()).toEqual({ kind: 'online' });
  await alice.close();
});

it('an account that is suspended is told so, and its profile can be read', async () => {
  await (await people.join('alice')).close();
  server.setFault((path) => (path === '/chat/auth/login' ? failed('suspended') : null));
  const alice = await people.back('alice');
  expect(alice.state()).toMatchObject({
    kind: 'offline',
    reason: 'This account is suspended. Ask who runs the server.',
    next: '',
  });
  expect(alice.contacts()).toEqual([]);
});

it('an account is deleted at the server by its own secret, and its profile is there to be read, offline', async () => {
  const alice = await people.join('alice');
  await alice.deleteAccount(PASSWORD);
  expect(server.openSessions()).toBe(0);
  expect(() => alice.send('bob', 'too late')).toThrow('The account alice is deleted.');
  await alice.close();
  const back = await people.back('alice');
  expect(back.state()).toEqual({
    kind: 'offline',
    retryAt: Number.POSITIVE_INFINITY,
    reason: expect.stringContaining('The account alice is deleted.'),
    next: '',
  });
  expect(back.contacts()).toEqual([]);
  // There is nothing left to ask the server for.
  const asked = server.requests.length;
  await back.deleteAccount(PASSWORD);
  expect(server.requests).toHaveLength(asked);
});

it('an account is deleted with its password alone', async () => {
  const alice = await people.join('alice');
  await expect(alice.deleteAccount('another password')).rejects.toMatchObject({ code: 'wrong_password' });
  expect(server.openSessions()).toBe(1);
  await alice.close();
  expect((await people.back('alice')).state()).toEqual({ kind: 'online' });
});

it('whose account was deleted though the answer was lost is told so at the next sign-in, and ended from elsewhere by nobody', async () => {
  const alice = await people.join('alice');
  const told: string[] = [];
  alice.on(({ kind }) => told.push(kind));
  server.forgetUsers();
  server.setFault((path) => (path === '/chat/auth/delete' ? failed('internal') : null));
  await expect(alice.deleteAccount(PASSWORD)).rejects.toMatchObject({ code: 'offline' });
  server.endSessions();
  await eventually(() =>
    expect(alice.state()).toMatchObject({ reason: expect.stringContaining('is deleted') }),
  );
  expect(told).not.toContain('ended');
  await expect(alice.deleteAccount(PASSWORD)).resolves.toBeUndefined();
});

it('what the server does not know and nobody has deleted here is no account of it', async () => {
  await (await people.join('alice')).close();
  server.forgetUsers();
  await expect(people.back('alice')).rejects.toMatchObject({
    code: 'unknown_user',
    message: expect.stringContaining('or the account was deleted'),
  });
});

it('the code of an invitation that no server takes is not sent', async () => {
  server.invite('come-in');
  for (const invite of ['x'.repeat(65), '', 'come\nin', '\u001b[2J'])
    await expect(createAccount({ ...people.options('alice'), invite }, QUICK)).rejects.toMatchObject({
      code: 'bad_invite',
      message: 'The code of an invitation has letters, digits and hyphens, 64 at most.',
    });
  server.invite('x'.repeat(64));
  await (await createAccount({ ...people.options('alice'), invite: 'x'.repeat(64) }, QUICK)).close();
});

it('an account that the server cannot delete stays', async () => {
  const alice = await people.join('alice');
  server.setFault((path) => (path === '/chat/auth/delete' ? failed('not_found') : null));
  await expect(alice.deleteAccount(PASSWORD)).rejects.toMatchObject({
    code: 'refused',
    message: 'This server is of an older version, and cannot delete an account. Ask who runs it.',
  });
  expect(alice.state()).toEqual({ kind: 'online' });
});
