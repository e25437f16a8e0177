import { cpSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signIn } from '../src/chat-client.ts';
import { openProfile } from '../src/profile/profile.ts';
import { type FakeServer, failed, startFakeServer } from './fake-server.ts';
import { gatherPeople, PASSWORD, type People } from './people.ts';
import { QUICK } from './quick.ts';

const NEXT = 'another password';

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

const enter = async (password: string, profile = people.profileOf('alice')) => {
  const client = await signIn({ ...people.options('alice'), password, profile }, QUICK);
  await client.close();
  return client.state().kind;
};
/** What the profile has noted of secrets. */
async function secrets(password: string) {
  const profile = await openProfile(people.profileOf('alice'), password);
  const { loginSecret, nextSecret } = profile.identity.get();
  profile.close();
  return { loginSecret, nextSecret };
}
/** A copy of the profile, as a thief has it. */
function copy(): string {
  const folder = people.profileOf('copy');
  cpSync(people.profileOf('alice'), folder, { recursive: true });
  return folder;
}
const failPassword = (fault: ReturnType<Parameters<FakeServer['setFault']>[0]>) =>
  server.setFault((path) => (path === '/chat/auth/password' ? fault : null));

it('another password opens the profile and the account; an old copy with the old one opens no session', async () => {
  const alice = await people.join('alice');
  await alice.close();
  const old = copy();
  const elsewhere = await signIn({ ...people.options('alice'), profile: old }, QUICK);
  await elsewhere.close();
  const back = await people.back('alice');
  expect(server.openSessions()).toBe(3);
  expect(await back.changePassword(PASSWORD, NEXT)).toBe(true);
  expect(back.state().kind).toBe('online');
  expect(server.openSessions()).toBe(1);
  await back.close();
  await expect(enter(PASSWORD, old)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringContaining('the password was changed in a newer copy'),
  });
  await expect(enter(PASSWORD)).rejects.toMatchObject({ code: 'wrong_password' });
  expect(await enter(NEXT)).toBe('online');
});

it('the server is told a secret that is new each time, and nothing of a password', async () => {
  const alice = await people.join('alice');
  const hashes = [server.user('alice').hash];
  await alice.changePassword(PASSWORD, NEXT);
  hashes.push(server.user('alice').hash);
  await alice.changePassword(NEXT, NEXT);
  hashes.push(server.user('alice').hash);
  expect(new Set(hashes).size).toBe(3);
  const { passwordHash } = await import('@secure-chat/crypto/login-proof');
  for (const hash of hashes) expect([passwordHash(PASSWORD), passwordHash(NEXT)]).not.toContain(hash);
});

it('a wrong current password changes nothing, here or there', async () => {
  const alice = await people.join('alice');
  const before = server.user('alice').hash;
  await expect(alice.changePassword('not the password', NEXT)).rejects.toMatchObject({
    code: 'wrong_password',
  });
  await expect(alice.changePassword(PASSWORD, 'short')).rejects.toMatchObject({ code: 'weak_password' });
  expect(server.user('alice').hash).toBe(before);
  await alice.close();
  expect(await secrets(PASSWORD)).toEqual({ loginSecret: before, nextSecret: null });
});

describe.each([
  ['before the server has it', 'cut'],
  ['after the server has it', 'after'],
] as const)('a change that breaks off %s', (_, fault) => {
  it('leaves the old password, which signs in again', async () => {
    const alice = await people.join('alice');
    failPassword(fault);
    await expect(alice.changePassword(PASSWORD, NEXT)).rejects.toMatchObject({ code: 'offline' });
    await alice.close();
    server.setFault(() => null);
    expect(await enter(PASSWORD)).toBe('online');
    expect((await secrets(PASSWORD)).loginSecret).toBe(server.user('alice').hash);
  });

  it('can be made again at once, and counts then', async () => {
    const alice = await people.join('alice');
    failPassword(fault);
    await expect(alice.changePassword(PASSWORD, NEXT)).rejects.toMatchObject({ code: 'offline' });
    server.setFault(() => null);
    expect(await alice.changePassword(PASSWORD, NEXT)).toBe(true);
    await alice.close();
    expect(await secrets(NEXT)).toEqual({ loginSecret: server.user('alice').hash, nextSecret: null });
    expect(await enter(NEXT)).toBe('online');
  });

  it('is no harm to what the process has left on the disk when it is killed there', async () => {
    const alice = await people.join('alice');
    let left = '';
    // What a kill leaves while the request or its answer is on its way.
    server.setFault((path) => {
      if (path !== '/chat/auth/password') return null;
      left = copy();
      return fault;
    });
    await expect(alice.changePassword(PASSWORD, NEXT)).rejects.toMatchObject({ code: 'offline' });
    server.setFault(() => null);
    expect(await enter(PASSWORD, left)).toBe('online');
  });
});

it('an attempt that arrives late, after the profile has signed in again, locks nobody out', async () => {
  const alice = await people.join('alice');
  failPassword('cut');
  await expect(alice.changePassword(PASSWORD, NEXT)).rejects.toMatchObject({ code: 'offline' });
  await alice.close();
  server.setFault(() => null);
  expect(await enter(PASSWORD)).toBe('online');
  const { nextSecret } = await secrets(PASSWORD);
  server.user('alice').hash = nextSecret ?? '';
  expect(await enter(PASSWORD)).toBe('online');
  expect(await secrets(PASSWORD)).toEqual({ loginSecret: nextSecret, nextSecret: null });
});

it('a server that cannot replace a secret leaves it: the password changes alone, and this is told', async () => {
  const alice = await people.join('alice');
  const before = server.user('alice').hash;
  failPassword(failed('not_found'));
  expect(await alice.changePassword(PASSWORD, NEXT)).toBe(false);
  await alice.close();
  expect(await secrets(NEXT)).toEqual({ loginSecret: before, nextSecret: null });
  expect(await enter(NEXT)).toBe('online');
});

describe('sessions', () => {
  it('are listed with what they call themselves, this one marked, and those that are malformed are passed over', async () => {
    const alice = await people.join('alice');
    const [own] = await alice.sessions();
    expect(own).toMatchObject({ isCurrent: true, client: expect.stringMatching(/^secure-chat client on /) });
    expect(Math.abs((own?.openedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    const sound = { 'session-id': 's'.repeat(22), opened_at: '2026-01-01T00:00:00.000000Z', current: false };
    server.setFault((path) =>
      path === '/chat/auth/sessions'
        ? {
            status: 200,
            body: { sessions: [{ ...sound, seen_at: sound.opened_at, client: 'x' }, sound, null, 3] },
          }
        : null,
    );
    expect(await alice.sessions()).toEqual([
      {
        id: sound['session-id'],
        client: 'x',
        openedAt: 1767225600000,
        seenAt: 1767225600000,
        isCurrent: false,
      },
    ]);
  });

  it('end one by one, or all but this one', async () => {
    await (await people.join('alice')).close();
    await (await people.back('alice')).close();
    const alice = await people.back('alice');
    const [first] = (await alice.sessions()).filter(({ isCurrent }) => !isCurrent);
    await alice.endSession(first?.id ?? '');
    expect(server.openSessions()).toBe(2);
    await expect(alice.endSession(first?.id ?? '')).rejects.toMatchObject({
      code: 'refused',
      message: 'That session is open no more. Look at the list again.',
    });
    await alice.endOtherSessions();
    expect((await alice.sessions()).map(({ isCurrent }) => isCurrent)).toEqual([true]);
  });

  it('are those of the server alone: an older one has no list, and says so', async () => {
    const alice = await people.join('alice');
    server.setFault((path) => (path.startsWith('/chat/auth/sessions') ? failed('not_found') : null));
    await expect(alice.sessions()).rejects.toMatchObject({
      code: 'refused',
      message: 'This server is of an older version, and has no list of sessions.',
    });
  });
});
