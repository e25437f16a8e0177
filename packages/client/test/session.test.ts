import { SESSION_IDLE_MS, SESSION_LIFE_MS } from '@secure-chat/wire/limits';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { makeIdentity, register } from '../src/account.ts';
import type { Identity } from '../src/profile/identity.ts';
import { postPresence } from '../src/requests.ts';
import { createSession } from '../src/session.ts';
import { createTransport } from '../src/transport.ts';
import { type FakeServer, failed, startFakeServer } from './fake-server.ts';
import { QUICK } from './quick.ts';

let server: FakeServer;
let identity: Identity;
beforeEach(async () => {
  server = await startFakeServer();
  const privateKey = await QUICK.makePrivateKey?.();
  if (!privateKey) throw new Error('no key');
  identity = makeIdentity('alice', privateKey, server.url);
});

/** A session over a clock of the test's own; the signatures follow the real one. */
async function open() {
  const transport = createTransport({ server: server.url, now: Date.now });
  onTestFinished(async () => {
    await transport.close();
    await server.stop();
  });
  await register(transport, identity, null);
  let now = Date.now();
  const ended: string[] = [];
  const session = createSession({
    transport,
    identity: {
      get: () => identity,
      put: (next) => {
        identity = next;
      },
    },
    label: 'a test',
    now: () => now,
    onEnded: (reason) => ended.push(reason),
  });
  const beat = () => session.request(postPresence);
  await beat();
  return {
    session,
    ended,
    beat,
    advance(ms: number) {
      now += ms;
    },
    /** The next requests are refused, at the server's time `offset` milliseconds from this clock. */
    refuse(times: number, offset = 0) {
      let left = times;
      server.setFault((path) => {
        if (path !== '/presence' || left === 0) return null;
        left -= 1;
        return failed('unauthorized', { date: new Date(now - offset).toUTCString() });
      });
    },
  };
}

const logins = (): number => server.requests.filter(({ path }) => path === '/chat/auth/login').length;

it('says at its login what it is', async () => {
  await open();
  const [login] = server.requests.filter(({ path }) => path === '/chat/auth/login');
  expect(JSON.parse(login?.body ?? '')).toMatchObject({ client: 'a test' });
});

it('is opened again when it was not used for its time', async () => {
  const { beat, advance, refuse, ended } = await open();
  advance(SESSION_IDLE_MS);
  refuse(2);
  await beat();
  expect(logins()).toBe(2);
  expect(ended).toEqual([]);
});

it('is opened again when it has lasted its time, though it was used', async () => {
  const { beat, advance, refuse, ended } = await open();
  for (let spent = 0; spent < SESSION_LIFE_MS; spent += SESSION_IDLE_MS / 2) {
    advance(SESSION_IDLE_MS / 2);
    await beat();
  }
  refuse(2);
  await beat();
  expect(logins()).toBe(2);
  expect(ended).toEqual([]);
});

it('is not opened again when it was ended before: it says so once, and asks nothing more', async () => {
  const { beat, advance, refuse, ended } = await open();
  advance(SESSION_IDLE_MS - 1);
  refuse(2);
  await expect(beat()).rejects.toMatchObject({ code: 'session_ended' });
  const asked = server.requests.length;
  await expect(beat()).rejects.toMatchObject({ code: 'session_ended' });
  expect(server.requests.length).toBe(asked);
  expect(ended).toHaveLength(1);
  expect(logins()).toBe(1);
});

it('is asked for once more before it counts as ended', async () => {
  const { beat, refuse, ended } = await open();
  refuse(1);
  await beat();
  expect([logins(), ended]).toEqual([1, []]);
});

it('goes on after a time in which the clock was wrong', async () => {
  const { beat, refuse, ended } = await open();
  refuse(2, 120_000);
  await expect(beat()).rejects.toMatchObject({
    message: expect.stringMatching(/^Your clock is 1[12]\d s ahead/),
  });
  await beat();
  expect([logins(), ended]).toEqual([1, []]);
});

it('is opened by the secret that was to replace the other one, where the server has taken that', async () => {
  const { session, beat } = await open();
  const nextSecret = 'ab'.repeat(32);
  identity = { ...identity, nextSecret };
  server.user('alice').hash = nextSecret;
  await session.end();
  await beat();
  expect(identity).toMatchObject({ loginSecret: nextSecret, nextSecret: null });
});

it('keeps the secret that was to replace the other one, while the server takes that', async () => {
  const { session, beat } = await open();
  const pending = { ...identity, nextSecret: 'ab'.repeat(32) };
  identity = pending;
  await session.end();
  await beat();
  expect(identity).toEqual(pending);
});

it.each([null, 'cd'.repeat(32)])(
  'says what has happened where no secret is taken (next: %s)',
  async (nextSecret) => {
    const { session, beat } = await open();
    identity = { ...identity, nextSecret };
    server.user('alice').hash = 'ab'.repeat(32);
    await session.end();
    await expect(beat()).rejects.toMatchObject({
      code: 'refused',
      message: `The server at ${server.url} takes the secret of this profile of alice no more: the password was changed in a newer copy of it. Use that one.`,
    });
    expect(identity.nextSecret).toBe(nextSecret);
  },
);
