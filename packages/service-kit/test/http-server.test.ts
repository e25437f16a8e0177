import type { AddressInfo, Server } from 'node:net';
import { promisify } from 'node:util';
import { ERRORS } from '@secure-chat/wire/errors';
import { BODY_MAX } from '@secure-chat/wire/limits';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { AppError } from '../src/app-error.ts';
import { createHttpServer, type HttpServerOptions } from '../src/http-server.ts';
import { createLogger } from '../src/logger.ts';
import type { AnsweredRequest } from '../src/metrics/requests.ts';
import { errorOf, rawConnection } from './raw-connection.ts';

function createServer(options: Partial<HttpServerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger('test', 'trace', { write: (line) => void lines.push(line) });
  const app = createHttpServer({ logger, maxConnections: 100, trustRequestId: false, ...options });
  onTestFinished(() => app.close());
  app.post('/echo', async (request) => ({ bytes: String(request.body) }));
  app.get('/named/:name', async () => ({}));
  app.get('/broken', async () => {
    throw new Error('canary: the cause');
  });
  app.get('/refused', async () => {
    throw new AppError('name_taken', { cause: new Error('canary: the cause') });
  });
  app.get<{ Params: { seconds: string } }>('/again/:seconds', async ({ params: { seconds } }) => {
    throw new AppError('too_many', seconds === 'soon' ? {} : { retryAfter: Number(seconds) });
  });
  app.get('/busy', async () => {
    throw Object.assign(new Error('canary: the disk'), { retryable: true });
  });
  app.get<{ Params: { code: string } }>('/disk/:code', async ({ params }) => {
    throw Object.assign(new Error('canary: the disk'), { code: params.code });
  });
  const listen = async (): Promise<number> => {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    return (address as AddressInfo).port;
  };
  return { app, listen, log: () => lines.join('') };
}

const connectionsOf = (server: Server): Promise<number> => promisify(server.getConnections.bind(server))();
const bodyOf = (bytes: number): string => `"${'a'.repeat(bytes - 2)}"`;
const json = { 'content-type': 'application/json' };

it('logs in one line, without a stack, what passes by itself; with one, what does not', async () => {
  const { app, log } = createServer();
  await app.inject({ method: 'GET', url: '/busy' });
  expect(JSON.parse(log())).toMatchObject({ level: 40, code: 'unavailable', reason: 'canary: the disk' });
  expect(log()).not.toContain('at ');
  await app.inject({ method: 'GET', url: '/broken' });
  expect(log()).toMatch(/"level":50.*canary: the cause\\n *at /);
});

it('tells of each answered request its route, never its path, and how it ended', async () => {
  const answered: AnsweredRequest[] = [];
  const { app, listen } = createServer({ onAnswered: (request) => void answered.push(request) });
  const port = await listen();
  const get = (url: string) => app.inject({ method: 'GET', url });
  for (const url of ['/named/alice?secret=1', '/refused', '/busy', '/broken', '/nowhere/alice', '/named/%ff'])
    await get(url);
  await app.inject({ method: 'POST', url: '/echo', headers: json, payload: bodyOf(BODY_MAX + 1) });
  const connection = await rawConnection(port);
  connection.send('GARBAGE\r\n\r\n');
  await connection.ended;
  expect(answered.map(({ method, route, outcome }) => `${method} ${route} ${outcome}`)).toEqual([
    'GET /named/:name ok',
    'GET /refused name_taken',
    'GET /busy unavailable',
    'GET /broken internal',
    'none none not_found',
    'none none bad_request',
    'POST /echo too_large',
    'none none bad_request',
  ]);
  for (const { seconds } of answered) expect(seconds).toBeGreaterThanOrEqual(0);
});

describe('a request', () => {
  it('has a body of at most 64 KiB', async () => {
    const { app } = createServer();
    const post = (payload: string) => app.inject({ method: 'POST', url: '/echo', headers: json, payload });
    expect((await post(bodyOf(BODY_MAX))).statusCode).toBe(200);
    const refused = await post(bodyOf(BODY_MAX + 1));
    expect(refused.statusCode).toBe(413);
    expect(refused.json()).toMatchObject({ error: { code: 'too_large' } });
  });

  it('has a body of at most 64 KiB when its length is not said beforehand, too', async () => {
    const connection = await rawConnection(await createServer().listen());
    connection.send('POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
    connection.send('Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n');
    connection.send(`${(BODY_MAX + 1).toString(16)}\r\n${bodyOf(BODY_MAX + 1)}\r\n0\r\n\r\n`);
    expect(errorOf(await connection.ended)).toMatchObject({ status: 413, code: 'too_large' });
  });

  it('has headers of at most 16 KiB', async () => {
    const connection = await rawConnection(await createServer().listen());
    connection.send(`GET /named/x HTTP/1.1\r\nHost: x\r\nX-Flood: ${'a'.repeat(17 * 1024)}\r\n\r\n`);
    expect(errorOf(await connection.ended)).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('keeps its body as the bytes that came, whatever it says that they are', async () => {
    const { app } = createServer();
    for (const type of ['application/json', 'text/plain', 'a/b; c=d']) {
      const headers = { 'content-type': type };
      const answer = await app.inject({ method: 'POST', url: '/echo', headers, payload: '{ "a":' });
      expect(answer.json()).toEqual({ bytes: '{ "a":' });
    }
  });

  it('that is not HTTP is a 400 in the error shape, with an id of its own', async () => {
    const connection = await rawConnection(await createServer().listen());
    connection.send('EHLO example.org\r\n\r\n');
    const error = errorOf(await connection.ended);
    expect(error).toMatchObject({ status: 400, code: 'bad_request' });
    expect(error.requestId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('to nowhere is a 404 in the error shape; so is a HEAD of what can be got', async () => {
    const { app } = createServer();
    const answer = await app.inject({ method: 'GET', url: '/nowhere' });
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ error: { code: 'not_found' } });
    expect((await app.inject({ method: 'HEAD', url: '/named/x' })).statusCode).toBe(404);
  });

  it('with a path that does not decode is a 400', async () => {
    const answer = await createServer().app.inject({ method: 'GET', url: '/named/%zz' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'bad_request' } });
  });
});

describe('headers of HTTP/1.1', () => {
  const answerTo = async (headers: string): Promise<string> => {
    const connection = await rawConnection(await createServer().listen());
    connection.send(`GET /named/x HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`);
    return connection.ended;
  };

  it('without a Host are a 400 in the error shape', async () => {
    expect(errorOf(await answerTo(''))).toMatchObject({ status: 400, code: 'bad_request' });
  });

  it('may expect whatever they like', async () => {
    expect(await answerTo('Host: x\r\nExpect: x\r\n')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a slow sender', () => {
  const slow = { requestMs: 150 };
  it.each([
    ['sends nothing', ''],
    ['stops within the headers', 'GET /named/x HTTP/1.1\r\nHost: x\r\nX-Slow: '],
    [
      'stops within the body',
      'POST /echo HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    ],
  ])('that %s gets 408 and is cut', async (_, bytes) => {
    const connection = await rawConnection(await createServer(slow).listen());
    connection.send(bytes);
    expect(errorOf(await connection.ended)).toMatchObject({ status: 408, code: 'timeout' });
  });
});

describe('connections', () => {
  it('beyond the maximum are refused; those that are there go on', async () => {
    const port = await createServer({ maxConnections: 2 }).listen();
    const kept = [await rawConnection(port), await rawConnection(port)];
    const refused = await rawConnection(port);
    expect(await refused.ended).toBe('');
    for (const connection of kept) {
      connection.send('GET /named/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      expect(await connection.ended).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});

describe('the connections of one address', () => {
  const GET = 'GET /named/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  const answerOf = async (port: number, from: string): Promise<string> => {
    const connection = await rawConnection(port, from);
    connection.send(GET);
    return connection.ended;
  };

  it('beyond its share are hung up on; other addresses do not notice', async () => {
    const port = await createServer({ maxConnectionsPerAddress: 2 }).listen();
    const kept = [await rawConnection(port), await rawConnection(port)];
    expect(await answerOf(port, '127.0.0.1')).toBe('');
    expect(await answerOf(port, '127.0.0.2')).toMatch(/^HTTP\/1\.1 200 /);
    for (const connection of kept) {
      connection.send(GET);
      expect(await connection.ended).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it('count no more once they are closed', async () => {
    const port = await createServer({ maxConnectionsPerAddress: 1 }).listen();
    for (const _ of [1, 2, 3]) {
      const open = await rawConnection(port);
      expect(await answerOf(port, '127.0.0.1')).toBe('');
      open.close();
      await vi.waitFor(async () => expect(await answerOf(port, '127.0.0.1')).toMatch(/^HTTP\/1\.1 200 /));
    }
  });
});

describe('a server that closes', () => {
  it('refuses what still arrives as a 503 that says that nothing was begun, and hangs up', async () => {
    const { app, listen } = createServer();
    const connection = await rawConnection(await listen());
    connection.send('GET /named/x HTTP/1.1\r\nHost: x\r\n');
    await vi.waitFor(async () => expect(await connectionsOf(app.server)).toBe(1));
    const closed = app.close();
    await vi.waitFor(() => expect(app.server.listening).toBe(false));
    connection.send('\r\n');
    const answer = await connection.ended;
    expect(errorOf(answer)).toMatchObject({ status: 503, code: 'unavailable' });
    expect(answer).toMatch(/^retry-after: 1\r$/im);
    expect(answer).toMatch(/^x-not-begun: closing\r$/im);
    expect(answer).toMatch(/^connection: close\r$/im);
    expect(answer).toContain(`x-request-id: ${errorOf(answer).requestId}\r\n`);
    await closed;
  });
});

describe('an error', () => {
  it('that nobody foresaw is a 500 that says no more than its request id; the cause is in the log', async () => {
    const { app, log } = createServer();
    const answer = await app.inject({ method: 'GET', url: '/broken' });
    const requestId = answer.headers['x-request-id'];
    expect(answer.statusCode).toBe(500);
    expect(answer.json()).toEqual({
      error: { code: 'internal', message: ERRORS.internal.message, request_id: requestId },
      detail: ERRORS.internal.message,
    });
    expect(log()).toContain('canary: the cause');
    expect(log()).toContain(String(requestId));
  });

  it('that was meant is its code, without its cause', async () => {
    const answer = await createServer().app.inject({ method: 'GET', url: '/refused' });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ error: { code: 'name_taken' } });
    expect(answer.body).not.toContain('canary');
    expect(answer.headers).not.toHaveProperty('retry-after');
  });

  it.each(['SQLITE_FULL', 'SQLITE_BUSY', 'SQLITE_BUSY_SNAPSHOT', 'SQLITE_IOERR_WRITE', 'SQLITE_READONLY'])(
    'of the disk, %s, is a 503',
    async (code) => {
      expect((await createServer().app.inject(`/disk/${code}`)).json()).toMatchObject({
        error: { code: 'unavailable' },
      });
    },
  );

  it('of a database that is no fault of the disk is a 500', async () => {
    const answer = await createServer().app.inject('/disk/SQLITE_CONSTRAINT_UNIQUE');
    expect(answer.statusCode).toBe(500);
  });

  it.each([
    ['soon', '1'],
    ['90', '90'],
  ])('that is too many is a 429 that says when to come again: %s', async (path, seconds) => {
    const answer = await createServer().app.inject(`/again/${path}`);
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([429, seconds]);
    expect(answer.json()).toMatchObject({ error: { code: 'too_many' } });
  });

  it('that may pass is a 503 with Retry-After', async () => {
    const answer = await createServer().app.inject({ method: 'GET', url: '/busy' });
    expect(answer.statusCode).toBe(503);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.json()).toMatchObject({ error: { code: 'unavailable' } });
    expect(answer.body).not.toContain('canary');
  });
});

describe('a request id', () => {
  const idFor = async (trustRequestId: boolean, given: string) => {
    const { app } = createServer({ trustRequestId });
    const answer = await app.inject({ method: 'GET', url: '/named/x', headers: { 'x-request-id': given } });
    return answer.headers['x-request-id'];
  };

  it('that comes in is kept inside and ignored at the public port', async () => {
    expect(await idFor(true, 'request-0001')).toBe('request-0001');
    expect(await idFor(false, 'request-0001')).toMatch(/^[0-9a-f]{32}$/);
  });

  it.each(['short', 'x'.repeat(65), 'has a space', 'a"b'.repeat(5)])(
    'that comes in as %j is ignored inside, too',
    async (given) => {
      expect(await idFor(true, given)).toMatch(/^[0-9a-f]{32}$/);
    },
  );
});
