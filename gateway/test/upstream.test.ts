import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { AppError } from '@secure-chat/service-kit/app-error';
import { createLogger } from '@secure-chat/service-kit/logger';
import { signedOperation } from '@secure-chat/service-kit/operation';
import { createService } from '@secure-chat/service-kit/service';
import { Bundle, KeyLogQuery, SendRequest } from '@secure-chat/wire/api';
import { Type } from 'typebox';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createHttpUpstream } from '../src/http-upstream.ts';
import { createInProcessUpstream } from '../src/upstream.ts';
import {
  createServices,
  identityKeys,
  openLog,
  openSession,
  type Signed,
  startGateway,
} from './gateway-under-test.ts';

const portOf = (server: { address(): unknown }): number => {
  const address = server.address();
  return typeof address === 'object' && address && 'port' in address ? Number(address.port) : 0;
};

const httpRelay = (origin: string) =>
  createHttpUpstream({
    service: 'relay',
    origins: [origin],
    identityKeys,
    clock: Date.now,
    logger: createLogger('gateway', 'silent'),
  });

async function gatewayWithRelay(origin: string) {
  const log = await openLog();
  const session = await openSession(log, 'alice');
  const { upstreams } = createServices();
  const gateway = await startGateway({
    log,
    upstreams: { ...upstreams, relay: httpRelay(origin) },
  });
  return {
    ...gateway,
    send: () => gateway.request(session, { method: 'POST', path: '/chat/bob/send', body: '{"message":"x"}' }),
    users: () => gateway.request(session, { path: '/chat/users' }),
  };
}

describe('a service that is down', () => {
  it('is a 503 with Retry-After in the error shape; the others go on', async () => {
    const closed = createTcpServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const port = portOf(closed);
    closed.close();
    await once(closed, 'close');
    const { send, users, app } = await gatewayWithRelay(`http://127.0.0.1:${port}`);
    const ready = await app.inject('/ready');
    expect(ready.statusCode).toBe(503);
    expect(ready.json().parts).toEqual({ sessions: true, auth: true, directory: true, relay: false });
    const answer = await send();
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '1']);
    const { error, detail } = answer.json();
    expect(error).toEqual({
      code: 'unavailable',
      message: detail,
      request_id: answer.headers['x-request-id'],
    });
    expect(answer.body).not.toContain(String(port));
    expect((await users()).statusCode).toBe(200);
    expect((await app.inject('/health')).statusCode).toBe(200);
  });

  it.each([
    ['hangs up', ''],
    ['breaks off its answer', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{'],
    ['does not speak HTTP', 'hello\r\n\r\n'],
  ])('because it %s is a 503, too', async (_, bytes) => {
    const broken = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => void socket.end(bytes));
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void broken.close());
    await once(broken, 'listening');
    const { send } = await gatewayWithRelay(`http://127.0.0.1:${portOf(broken)}`);
    expect((await send()).statusCode).toBe(503);
  });
});

describe('a service that answers', () => {
  it('is passed on byte for byte, with its status, and without its other headers', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(404, {
        'content-type': 'application/json; charset=utf-8',
        'retry-after': '7',
        server: 'secret/1.0',
        'set-cookie': 'a=b',
        'x-mailbox-cursor': '3',
      });
      response.end('{ "error" :  "é" }');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const { send } = await gatewayWithRelay(`http://127.0.0.1:${portOf(server)}`);
    const answer = await send();
    expect([answer.statusCode, answer.body]).toEqual([404, '{ "error" :  "é" }']);
    expect(answer.headers).toMatchObject({
      'retry-after': '7',
      'content-type': 'application/json; charset=utf-8',
    });
    for (const name of ['server', 'set-cookie', 'x-mailbox-cursor'])
      expect(answer.headers).not.toHaveProperty(name);
  });
});

describe('a service in a process of its own and one in this process', () => {
  /** A relay that tells what reached it, and refuses what it is told to. */
  const service = () =>
    createService({
      name: 'relay',
      operations: [
        signedOperation({
          method: 'POST',
          path: '/chat/:username/send',
          body: SendRequest,
          response: Type.Unknown(),
          handle({ caller, username, body }) {
            if (body.message === 'refuse') throw new AppError('unknown_user');
            if (body.message === 'busy') throw Object.assign(new Error('canary'), { retryable: true });
            if (body.message === 'break') throw new Error('canary');
            return { value: [caller.username, username, body.message] };
          },
        }),
        signedOperation({
          method: 'GET',
          path: '/key-log',
          query: KeyLogQuery,
          response: Type.Unknown(),
          handle({ query }) {
            if (query.from === '9') throw new AppError('too_many', { retryAfter: 90 });
            return { value: query };
          },
        }),
        signedOperation({
          method: 'PUT',
          path: '/chat/keys/bundle',
          body: Bundle,
          response: Type.Unknown(),
          handle: ({ body }) => ({ value: body }),
        }),
      ],
      logger: createLogger('relay', 'silent'),
      identityKeys,
      clock: Date.now,
      ready: {},
    });

  /** A gateway that calls it by HTTP, and one that calls it as it is. */
  async function startGateways() {
    const relay = service();
    const { app } = relay;
    onTestFinished(() => app.close());
    const origin = await app.listen({ host: '127.0.0.1', port: 0 });
    const log = await openLog();
    const session = await openSession(log, 'alice');
    const gateways = await Promise.all(
      [httpRelay(origin), createInProcessUpstream(relay)].map((upstream) =>
        startGateway({ log, upstreams: { auth: upstream, directory: upstream, relay: upstream } }),
      ),
    );
    /** What each of the two answers to these requests. */
    return (requests: readonly Signed[]) =>
      Promise.all(
        gateways.map(async ({ request }) => {
          const seen: unknown[][] = [];
          for (const signed of requests) {
            const answer = await request(session, signed);
            const { error, ...rest } = answer.json();
            expect(answer.body).not.toContain('canary');
            const { 'content-type': type, 'retry-after': retryAfter } = answer.headers;
            seen.push([answer.statusCode, type, retryAfter, error?.code, error?.message, rest]);
          }
          return seen;
        }),
      );
  }

  it('give the same answers and the same refusals', async () => {
    const ask = await startGateways();
    const bodies = ['{"message":"é"}', '{"message":"refuse"}', '{"message":"busy"}', '{"message":"break"}'];
    const answers = await ask(
      [...bodies, '{"message":1}', '{', ''].map((body) => ({ method: 'POST', path: '/chat/bob/send', body })),
    );
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.map(([status]) => status)).toEqual([200, 404, 503, 500, 400, 400, 400]);
  });

  it('get the same query', async () => {
    const ask = await startGateways();
    const queries = ['', '?', '?from=7', '?from=%37&x=#', '?from=-1', '?from=1&from=2', '?from=9', '?é=1'];
    const answers = await ask(queries.map((query) => ({ path: `/key-log${query}` })));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.map(([status, , retryAfter]) => [status, retryAfter])).toEqual([
      ...[200, 200, 200, 200, 400, 400].map((status) => [status, undefined]),
      [429, '90'],
      [answers[1]?.[7]?.[0], undefined],
    ]);
    expect(answers[0]?.[2]?.[5]).toEqual({ from: '7' });
  });

  it('get the same PUT', async () => {
    const ask = await startGateways();
    const path = '/chat/keys/bundle';
    const bodies = ['{"bundle":"AAAA"}', '{"bundle":""}', '{', ''];
    const answers = await ask(bodies.map((body) => ({ method: 'PUT', path, body })));
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.map(([status]) => status)).toEqual([200, 400, 400, 400]);
  });
});
