import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { describe, expect, it } from 'vitest';
import { createServices, openLog, openSession, signedHeaders, startGateway } from './gateway-under-test.ts';

const NOW = 1_767_522_600_000;
const USERS = { path: '/chat/users' };
const V1 = { ...USERS, sessionId: null };

async function start(count = 3) {
  const log = await openLog();
  const sessions = [];
  for (let index = 0; index < count; index += 1) sessions.push(await openSession(log, `user-${index}`));
  const services = createServices();
  const gateway = await startGateway({ log, upstreams: services.upstreams, clock: () => NOW });
  const [first, second] = sessions;
  if (!first || !second) throw new Error('a test needs two sessions');
  return { ...gateway, ...services, log, sessions, first, second };
}

describe.each([
  ['that names its session', USERS],
  ['of a v1 client, which names none', V1],
])('a request %s', (_, request) => {
  it('is accepted with 29 s of skew and refused with 31 s, either way', async () => {
    const gateway = await start();
    const statusWith = async (skew: number) =>
      (await gateway.request(gateway.second, { ...request, skew })).statusCode;
    for (const skew of [29_000, -29_000, 30_000, -30_000]) expect(await statusWith(skew)).toBe(200);
    for (const skew of [31_000, -31_000, 30_001, -30_001]) expect(await statusWith(skew)).toBe(401);
    expect(gateway.calls).toHaveLength(4);
  });

  it('reaches the service on behalf of the session that signed it', async () => {
    const gateway = await start(20);
    for (const session of gateway.sessions) {
      expect((await gateway.request(session, request)).statusCode).toBe(200);
      const { username, sessionId } = session;
      expect(gateway.calls.at(-1)?.caller).toEqual({ username, sessionId });
    }
  });

  it('is accepted as soon as its session is published', async () => {
    const gateway = await start();
    for (let index = 0; index < 20; index += 1) {
      const session = await openSession(gateway.log, 'new');
      expect((await gateway.request(session, request)).statusCode).toBe(200);
    }
  });

  it('is refused once its session has a tombstone', async () => {
    const gateway = await start();
    expect((await gateway.request(gateway.first, request)).statusCode).toBe(200);
    await gateway.log.events.publish(SESSIONS_TOPIC, gateway.first.sessionId, null);
    // Whoever asks for what is not there makes the gateway catch up.
    await gateway.request({ ...gateway.first, sessionKey: '00' }, V1);
    expect((await gateway.request(gateway.first, request)).statusCode).toBe(401);
    expect((await gateway.request(gateway.second, request)).statusCode).toBe(200);
  });
});

describe('a request', () => {
  it('is verified against the session that it names and no other', async () => {
    const { request, first, second } = await start();
    const named = async (sessionId: string) => (await request(first, { ...USERS, sessionId })).statusCode;
    expect(await named(first.sessionId)).toBe(200);
    for (const other of [
      second.sessionId,
      'A'.repeat(22),
      'short',
      '',
      '../x',
      `${first.sessionId} `.repeat(2),
    ]) {
      expect(await named(other)).toBe(401);
    }
  });

  it('is refused when another body came than was signed', async () => {
    const { app, request, first, calls } = await start();
    const signed = { method: 'POST', path: '/chat/bob/send', body: '{"message":"x"}' } as const;
    expect((await request(first, signed)).statusCode).toBe(200);
    const headers = signedHeaders(first, signed, NOW);
    const answer = await app.inject({
      method: 'POST',
      url: signed.path,
      headers,
      payload: '{"message": "x"}',
    });
    expect(answer.statusCode).toBe(401);
    expect(calls).toHaveLength(1);
  });

  it('cannot bring an identity or a request id of its own', async () => {
    const { app, calls } = await start();
    const headers = { 'x-internal-identity': 'forged', 'x-request-id': 'chosen-by-client' };
    const answer = await app.inject({ method: 'GET', url: '/chat/auth/register-challenge', headers });
    expect(answer.statusCode).toBe(200);
    expect(calls[0]?.caller).toBeNull();
    expect(calls[0]?.requestId).toBe(answer.headers['x-request-id']);
    expect(answer.headers['x-request-id']).not.toBe('chosen-by-client');
  });

  it('that is refused says no more than that, and leaves no key or signature in the log', async () => {
    const { app, request, first, logged } = await start();
    const bodies = [
      (await request(first, { ...USERS, skew: 60_000 })).json(),
      (await request({ ...first, sessionKey: 'wrong' }, USERS)).json(),
      (await app.inject({ method: 'GET', url: '/chat/users' })).json(),
    ];
    for (const { error, detail } of bodies)
      expect([error.code, detail]).toEqual(['unauthorized', 'Not authorised.']);
    expect(logged()).not.toContain(first.sessionKey);
    expect(logged()).not.toContain(first.sessionId);
  });
});

describe('the table of sessions', () => {
  it('is rebuilt after a restart: who was logged in goes on working, who was logged out stays out', async () => {
    const { app, request, first, second, log, upstreams } = await start();
    await request(first, { method: 'POST', path: '/chat/auth/logout' });
    await log.events.publish(SESSIONS_TOPIC, first.sessionId, null);
    await app.close();
    const restarted = await startGateway({ log, upstreams, clock: () => NOW });
    for (const kind of [USERS, V1]) {
      expect((await restarted.request(second, kind)).statusCode).toBe(200);
      expect((await restarted.request(first, kind)).statusCode).toBe(401);
    }
  });

  it('ends a session at its logout, before the log says so', async () => {
    const { request, first, second } = await start();
    expect((await request(first, { method: 'POST', path: '/chat/auth/logout' })).statusCode).toBe(200);
    expect((await request(first, USERS)).statusCode).toBe(401);
    expect((await request(second, USERS)).statusCode).toBe(200);
  });

  it('keeps a session whose logout failed', async () => {
    const log = await openLog();
    const session = await openSession(log, 'alice');
    const { upstreams } = createServices(({ path }) => ({
      status: path.endsWith('logout') ? 503 : 200,
    }));
    const { request } = await startGateway({ log, upstreams });
    expect((await request(session, { method: 'POST', path: '/chat/auth/logout' })).statusCode).toBe(503);
    expect((await request(session, USERS)).statusCode).toBe(200);
  });

  it('sets aside records that are damaged, misplaced or under another key; the next one counts', async () => {
    const { request, first, log, logged } = await start();
    const { events } = log;
    const copied = await openSession({ ...log, events: { ...events, publish: async () => 0 } }, 'alice');
    await events.publish(SESSIONS_TOPIC, copied.sessionId, Buffer.from('{'));
    await events.publish(SESSIONS_TOPIC, 'A'.repeat(22), Buffer.from('{"sessionId":"x"}'));
    const later = await openSession(log, 'bob');
    expect((await request(later, USERS)).statusCode).toBe(200);
    expect((await request(copied, USERS)).statusCode).toBe(401);
    expect((await request(first, USERS)).statusCode).toBe(200);
    expect(logged().match(/a record was set aside/g)).toHaveLength(2);
  });
});

describe('a login', () => {
  it('makes its session known to the address: a v1 client needs no scan, however many others scan', async () => {
    const log = await openLog();
    const session = await openSession(log, 'alice');
    const { upstreams } = createServices(({ path }) =>
      path === '/chat/auth/login'
        ? { body: JSON.stringify({ 'session-key': 'aa', 'session-id': session.sessionId }) }
        : {},
    );
    const { app, request } = await startGateway({ log, upstreams });
    const body = '{"username": "alice", "challenge_response": "x", "proof": "y"}';
    expect((await app.inject({ method: 'POST', url: '/chat/auth/login', payload: body })).statusCode).toBe(
      200,
    );
    const stranger = { ...session, sessionKey: 'wrong' };
    const flood = Array.from({ length: 80 }, () => request(stranger, V1));
    expect((await request(session, V1)).statusCode).toBe(200);
    const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode);
    expect(statuses).toContain(503);
  });
});
