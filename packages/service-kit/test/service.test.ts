import { Type } from 'typebox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../src/app-error.ts';
import { IDENTITY_HEADER, IDENTITY_MS, signIdentity } from '../src/internal-identity.ts';
import { createLogger } from '../src/logger.ts';
import { createMetricsRegistry } from '../src/metrics/registry.ts';
import { openOperation, signedOperation } from '../src/operation.ts';
import { CONNECTIONS_MAX, createService, STREAMS_MAX } from '../src/service.ts';
import { fixedKeys } from '../src/service-keys.ts';
import { type StreamOperation, signedStream } from '../src/stream-operation.ts';

const KEYS = fixedKeys(Buffer.alloc(32, 1)).for('internal-identity');
const NOW = 1_767_522_600_000;
const CALLER = { username: 'alice', sessionId: 'abcdefghijklmnopqrstuv' };
const CALL = { service: 'relay', method: 'GET', path: '/who', requestId: 'request-0001' } as const;

function createServer(parts: Record<string, () => Promise<boolean>> = {}) {
  const logger = createLogger('test', 'silent');
  const { app } = createService({
    name: 'relay',
    operations: [
      signedOperation({
        method: 'GET',
        path: '/who',
        response: Type.Unknown(),
        handle: ({ caller }) => ({ value: caller }),
      }),
      openOperation({
        method: 'GET',
        path: '/open',
        response: Type.Unknown(),
        handle: () => ({ value: { open: true } }),
      }),
      openOperation({
        method: 'GET',
        path: '/where',
        response: Type.Unknown(),
        handle: ({ network }) => ({ value: { network } }),
      }),
      openOperation({
        method: 'PUT',
        path: '/put',
        query: Type.Object({ at: Type.String() }),
        body: Type.Object({ text: Type.String() }),
        response: Type.Unknown(),
        handle: ({ query, body }) => ({ value: { ...query, ...body } }),
      }),
    ],
    logger,
    identityKeys: KEYS,
    clock: () => NOW,
    ready: parts,
  });
  onTestFinished(() => app.close());
  const head = (url: string) => app.inject({ method: 'HEAD', url });
  const ask = (method: 'GET' | 'PUT', url: string, identity?: string, payload?: object) =>
    app.inject({
      method,
      url,
      ...(payload && { payload }),
      headers: {
        'x-request-id': CALL.requestId,
        ...(identity !== undefined && { [IDENTITY_HEADER]: identity }),
      },
    });
  const get = (url: string, identity?: string) => ask('GET', url, identity);
  return { ask, get, head };
}

describe('a service', () => {
  it('answers the gateway and knows on whose behalf it calls', async () => {
    const { get } = createServer();
    expect((await get('/who', signIdentity(KEYS, CALLER, CALL, NOW))).json()).toEqual(CALLER);
    const open = signIdentity(KEYS, null, { ...CALL, path: '/open' }, NOW);
    expect((await get('/open', open)).json()).toEqual({ open: true });
  });

  it('knows from which network the client came, where the gateway tells', async () => {
    const { get } = createServer();
    const call = { ...CALL, path: '/where' };
    expect((await get('/where', signIdentity(KEYS, null, call, NOW, '192.0.2.7'))).json()).toEqual({
      network: '192.0.2.7',
    });
    expect((await get('/where', signIdentity(KEYS, null, call, NOW))).json()).toEqual({ network: '' });
  });

  it('takes a PUT with a query, and an identity for this query alone', async () => {
    const { ask } = createServer();
    const url = '/put?at=home';
    const identity = signIdentity(KEYS, null, { ...CALL, method: 'PUT', path: url }, NOW);
    const answer = await ask('PUT', url, identity, { text: 'x' });
    expect(answer.json()).toEqual({ at: 'home', text: 'x' });
    expect((await ask('PUT', '/put?at=work', identity, { text: 'x' })).statusCode).toBe(401);
    expect((await ask('PUT', '/put', identity, { text: 'x' })).statusCode).toBe(401);
  });

  it('refuses a call on nobody’s behalf where a user is needed', async () => {
    expect((await createServer().get('/who', signIdentity(KEYS, null, CALL, NOW))).statusCode).toBe(401);
  });

  it.each([
    ['without an identity', undefined],
    ['with nonsense for one', 'alice'],
    ['with one that expired', signIdentity(KEYS, CALLER, CALL, NOW - IDENTITY_MS - 1)],
    ['with one from the future', signIdentity(KEYS, CALLER, CALL, NOW + IDENTITY_MS + 1)],
    ['with one for another path', signIdentity(KEYS, CALLER, { ...CALL, path: '/open' }, NOW)],
    ['with one for another request', signIdentity(KEYS, CALLER, { ...CALL, requestId: 'request-0002' }, NOW)],
    ['with one for another service', signIdentity(KEYS, CALLER, { ...CALL, service: 'auth' }, NOW)],
    [
      'with one of another key',
      signIdentity(fixedKeys(Buffer.alloc(32, 2)).for('internal-identity'), CALLER, CALL, NOW),
    ],
  ])('refuses a direct call %s', async (_, identity) => {
    const answer = await createServer().get('/who', identity);
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ error: { code: 'unauthorized' } });
  });

  it('refuses a direct call of what does not exist alike', async () => {
    expect((await createServer().get('/nowhere')).statusCode).toBe(401);
  });

  it('says within 3 s which part does not answer', async () => {
    const { get } = createServer({ good: async () => true, silent: () => new Promise<boolean>(() => {}) });
    const asked = performance.now();
    expect((await get('/ready')).json().parts).toEqual({ good: true, silent: false });
    expect(performance.now() - asked).toBeLessThan(3_000);
  });

  it('says that it is alive and ready to anyone, and which part is not', async () => {
    const { get } = createServer({
      good: async () => true,
      bad: async () => false,
      broken: () => Promise.reject(new Error('canary')),
    });
    expect((await get('/health')).json()).toEqual({ status: 'ok' });
    const answer = await get('/ready');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ status: 'not ready', parts: { good: true, bad: false, broken: false } });
    expect((await createServer({ good: async () => true }).get('/ready')).statusCode).toBe(200);
  });

  it('says so without a body to a probe that asks by HEAD', async () => {
    const { head } = createServer({ bad: async () => false });
    const [health, ready] = [await head('/health'), await head('/ready')];
    expect([health.statusCode, health.body]).toEqual([200, '']);
    expect([ready.statusCode, ready.body]).toEqual([503, '']);
  });
});

describe('the metrics of a service', () => {
  it('are of its operations, whoever carries the call, and of who calls without being a gateway', async () => {
    const registry = createMetricsRegistry('relay');
    const { app, operations, streams } = createService({
      name: 'relay',
      operations: [
        signedOperation({
          method: 'GET',
          path: '/who',
          response: Type.Unknown(),
          handle: ({ caller }) => ({ value: caller }),
        }),
      ],
      streams: [
        signedStream({
          path: '/stream',
          query: Type.Object({}),
          open: async () => {
            throw new AppError('unavailable');
          },
        }),
      ],
      logger: createLogger('test', 'silent'),
      identityKeys: KEYS,
      clock: () => NOW,
      ready: {},
      metrics: registry.of('relay'),
    });
    onTestFinished(() => app.close());
    const headers = {
      'x-request-id': CALL.requestId,
      [IDENTITY_HEADER]: signIdentity(KEYS, CALLER, CALL, NOW),
    };
    await app.inject({ method: 'GET', url: '/who', headers });
    await operations[0]?.perform({ caller: CALLER, username: '', body: null });
    await operations[0]?.perform({ caller: null, username: '', body: null }).catch(() => undefined);
    await streams[0]?.open({ caller: CALLER, username: '', body: null }).catch(() => undefined);
    await app.inject({ method: 'GET', url: '/who' });
    const text = await registry.text();
    const requests = 'secure_chat_requests_total{service="relay",method="GET",';
    expect(text).toContain(`${requests}route="/who",code="ok"} 2\n`);
    expect(text).toContain(`${requests}route="/who",code="unauthorized"} 1\n`);
    expect(text).toContain(`${requests}route="/stream",code="unavailable"} 1\n`);
    expect(text).toContain(
      'secure_chat_request_seconds_count{service="relay",method="GET",route="/who"} 3\n',
    );
    expect(text).toContain('secure_chat_refused_identities_total{service="relay"} 1\n');
  });
});

describe('a stream of a service', () => {
  const stream = signedStream({
    path: '/stream',
    query: Type.Object({ refuse: Type.Optional(Type.String()) }),
    async open({ caller, query }) {
      if (query.refuse === 'late') throw new AppError('unavailable');
      return (sink) => {
        sink.write(`data: ${caller.username}\n\n`);
        sink.end();
        return { drained: () => {}, close: () => {} };
      };
    },
  });
  async function get(url: string, caller: typeof CALLER | null = CALLER, signed = url) {
    const { app } = createService({
      name: 'relay',
      operations: [],
      streams: [stream],
      logger: createLogger('test', 'silent'),
      identityKeys: KEYS,
      clock: () => NOW,
      ready: {},
    });
    onTestFinished(() => app.close());
    const identity = signIdentity(KEYS, caller, { ...CALL, path: signed }, NOW);
    const headers = { 'x-request-id': CALL.requestId, [IDENTITY_HEADER]: identity };
    const answer = await fetch(`${await app.listen({ host: '127.0.0.1', port: 0 })}${url}`, { headers });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  }

  it('begins with a comment, in headers that keep proxies from holding it back', async () => {
    const answer = await get('/stream');
    expect(answer.body).toBe(':\n\ndata: alice\n\n');
    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': CALL.requestId,
    });
  });

  it('has a connection of its own, beside those for calls', () => {
    const shared = {
      name: 'relay',
      operations: [],
      identityKeys: KEYS,
      clock: () => NOW,
      ready: {},
    } as const;
    const logger = createLogger('test', 'silent');
    const maxOf = (streams: StreamOperation[]) =>
      createService({ ...shared, logger, streams }).app.server.maxConnections;
    expect([maxOf([]), maxOf([stream])]).toEqual([CONNECTIONS_MAX, CONNECTIONS_MAX + STREAMS_MAX]);
  });

  it('is refused as any other call is, before anything is written', async () => {
    expect((await get('/stream', null)).status).toBe(401);
    expect((await get('/stream?refuse=late', CALLER, '/stream')).status).toBe(401);
    expect((await get('/stream?refuse=1&refuse=2')).status).toBe(400);
    expect((await get('/stream?refuse=late')).status).toBe(503);
  });
});
