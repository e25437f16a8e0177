import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { describe, expect, it } from 'vitest';
import {
  createServices,
  openLog,
  openSession,
  signedHeaders,
  signedHeadersV2,
  startGateway,
} from './gateway-under-test.ts';

const NOW = 1_767_522_600_000;
const USERS = { path: '/chat/users' };
const SEND = { method: 'POST', path: '/chat/bob/send', body: '{"message":"x"}' } as const;

async function start() {
  const log = await openLog();
  const [alice, mallory] = [await openSession(log, 'alice', 'v2'), await openSession(log, 'mallory', 'v2')];
  const services = createServices();
  const startAnother = () => startGateway({ log, upstreams: services.upstreams, clock: () => NOW });
  return { ...services, ...(await startAnother()), startAnother, log, alice, mallory };
}

describe('a request with a signature v2', () => {
  it('reaches the service on behalf of the session that signed it', async () => {
    const { requestV2, alice, calls } = await start();
    expect((await requestV2(alice, SEND)).statusCode).toBe(200);
    const { username, sessionId } = alice;
    expect(calls.at(-1)).toMatchObject({ caller: { username, sessionId }, username: 'bob' });
  });

  it('is accepted with 29 s of skew and refused with 31 s, either way', async () => {
    const { requestV2, alice, calls } = await start();
    const statusWith = async (skew: number) => (await requestV2(alice, { ...USERS, skew })).statusCode;
    for (const skew of [29_000, -29_000, 30_000, -30_000]) expect(await statusWith(skew)).toBe(200);
    for (const skew of [31_000, -31_000]) expect(await statusWith(skew)).toBe(401);
    expect(calls).toHaveLength(4);
  });

  it('is refused under the id of another session, and once its own is over', async () => {
    const { requestV2, alice, mallory, log } = await start();
    const crossed = { ...mallory, sessionId: alice.sessionId };
    expect((await requestV2(crossed, USERS)).statusCode).toBe(401);
    expect((await requestV2(alice, USERS)).statusCode).toBe(200);
    await log.events.publish(SESSIONS_TOPIC, alice.sessionId, null);
    // Whoever asks for what is not there makes the gateway catch up.
    await requestV2({ ...mallory, sessionId: 'A'.repeat(22) }, USERS);
    expect((await requestV2(alice, USERS)).statusCode).toBe(401);
  });

  it('is for the host that it names', async () => {
    const { send, alice } = await start();
    const headers = signedHeadersV2(alice, USERS, NOW);
    expect((await send(USERS, { ...headers, host: 'other.example' })).statusCode).toBe(401);
    expect((await send(USERS, { ...headers, host: 'LocalHost:80' })).statusCode).toBe(200);
  });

  it('that is refused says no more than that, and leaves no key or signature in the log', async () => {
    const { send, requestV2, alice, mallory, logged } = await start();
    const headers = signedHeadersV2(alice, USERS, NOW);
    const answers = [
      await send({ path: '/presence', method: 'POST' }, headers),
      await requestV2({ ...mallory, sessionId: alice.sessionId }, USERS),
      await send(USERS, { ...headers, 'signature-input': 'nonsense' }),
    ];
    for (const answer of answers) expect(answer.json()).toMatchObject({ error: { code: 'unauthorized' } });
    for (const secret of [alice.sessionKey, headers.signature ?? '', headers['content-digest'] ?? ''])
      expect(logged()).not.toContain(secret);
  });
});

describe('a session of signatures v2', () => {
  it('refuses v1 at every gateway, also at one that was started later', async () => {
    const gateway = await start();
    const { alice, startAnother } = gateway;
    expect((await gateway.requestV2(alice, USERS)).statusCode).toBe(200);
    for (const { send } of [gateway, await startAnother(), await startAnother()])
      for (const sessionId of [alice.sessionId, null])
        expect((await send(USERS, signedHeaders(alice, { ...USERS, sessionId }, NOW))).statusCode).toBe(401);
  });

  it('is not one of v1 that signs as v2: that is refused', async () => {
    const { requestV2, request, log } = await start();
    const old = await openSession(log, 'old', 'v1');
    expect((await requestV2(old, USERS)).statusCode).toBe(401);
    expect((await request(old, USERS)).statusCode).toBe(200);
  });
});
