import { readConfig } from '@secure-chat/service-kit/config';
import { describe, expect, it } from 'vitest';
import { limitsSettings } from '../src/policy/limits-setting.ts';
import { createServices, openLog, openSession, startGateway } from './gateway-under-test.ts';

const LOGIN = { method: 'POST', path: '/chat/auth/login' } as const;
const SEND = { method: 'POST', path: '/chat/bob/send', body: '{"message":"x"}' } as const;

async function setUp(text: string, trustProxy: readonly string[] = []) {
  const log = await openLog();
  const { upstreams, calls } = createServices();
  const clock = { now: 1_767_522_600_000 };
  const limits = readConfig(limitsSettings, { LIMITS: text }).LIMITS;
  const startOne = () => startGateway({ log, upstreams, limits, trustProxy, clock: () => clock.now });
  return { ...(await startOne()), startOne, log, calls, clock };
}

describe('a request beyond a rate', () => {
  it('without a signature is too_many before its body is read, says when, and reaches no service', async () => {
    const { send, calls, clock } = await setUp('login.address=1/m');
    expect((await send({ ...LOGIN, body: '{}' }, {})).statusCode).toBe(200);
    const refused = await send({ ...LOGIN, body: 'x'.repeat(100_000) }, {});
    expect(refused.statusCode).toBe(429);
    expect(refused.json()).toMatchObject({ error: { code: 'too_many' } });
    expect(refused.headers['retry-after']).toBe('60');
    expect(calls).toHaveLength(1);
    clock.now += 60_000;
    expect((await send({ ...LOGIN, body: '{}' }, {})).statusCode).toBe(200);
  });

  it('with a signature is too_many for its user, at whichever session, and reaches no service', async () => {
    const { request, log, calls } = await setUp('sends.pair=1/m');
    const [one, other, bob] = [
      await openSession(log, 'alice'),
      await openSession(log, 'alice'),
      await openSession(log, 'bob'),
    ];
    expect((await request(one, SEND)).statusCode).toBe(200);
    const refused = await request(other, SEND);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers['retry-after']).toBe('60');
    expect((await request(other, { ...SEND, path: '/chat/carol/send' })).statusCode).toBe(200);
    expect((await request(bob, SEND)).statusCode).toBe(200);
    expect(calls).toHaveLength(3);
  });

  it('is counted for no user when its signature is wrong', async () => {
    const { request, send, log } = await setUp('sends.pair=1/m');
    const alice = await openSession(log, 'alice');
    for (let n = 0; n < 5; n += 1) {
      const headers = { 'x-session-id': alice.sessionId, 'x-request-signature': '00'.repeat(32) };
      expect((await send(SEND, headers)).statusCode).toBe(401);
    }
    expect((await request(alice, SEND)).statusCode).toBe(200);
  });

  it('is of the client for whom a trusted proxy asks', async () => {
    const { send } = await setUp('login.address=1/m', ['127.0.0.1']);
    const from = async (address: string) =>
      (await send({ ...LOGIN, body: '{}' }, { 'x-forwarded-for': address })).statusCode;
    expect([await from('203.0.113.1'), await from('203.0.113.2'), await from('203.0.113.1')]).toEqual([
      200, 200, 429,
    ]);
  });
});

describe('a rate', () => {
  it('holds over a restart, but for the quarter that is told to nobody', async () => {
    const { request, app, log, startOne } = await setUp('sends.pair=8/h');
    const alice = await openSession(log, 'alice');
    for (let n = 0; n < 8; n += 1) expect((await request(alice, SEND)).statusCode).toBe(200);
    expect((await request(alice, SEND)).statusCode).toBe(429);
    await app.close();
    const restarted = await startOne();
    for (let n = 0; n < 2; n += 1) expect((await restarted.request(alice, SEND)).statusCode).toBe(200);
    expect((await restarted.request(alice, SEND)).statusCode).toBe(429);
  });
});
