import { describe, expect, it } from 'vitest';
import { ask, post } from '../v1-client/http.ts';
import { rawExchange, requestHead } from '../v1-client/raw-socket.ts';
import { bodyOf, member, textMember } from '../v1-client/reading.ts';
import { expectErrorShape, expectRefusal } from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export function describeErrors(server: ServerUnderTest): void {
  const get = (path: string) => ask(server.url, { method: 'GET', path });
  const requestId = (text: string) => textMember(member(JSON.parse(text), 'error'), 'request_id');

  describe('errors', () => {
    it.each([
      '/',
      '/nowhere',
      '/chat',
      '/chat/',
      '/chat/auth',
      '/chat/auth/nothing',
      '/chat/a/b/c/d',
      '/CHAT/users',
    ])('say 404 for the unknown route %s', async (path) => {
      expectRefusal(await get(path), 404);
      expectRefusal(await post(server.url, path, '{}'), 404);
    });

    it.each([
      ['GET', '/chat/auth/register'],
      ['GET', '/chat/auth/login'],
      ['GET', '/presence'],
      ['PUT', '/presence'],
      ['DELETE', '/chat/messages'],
      ['POST', '/chat/messages'],
      ['POST', '/chat/users'],
      ['PATCH', '/chat/ann/send'],
      ['OPTIONS', '/chat/users'],
      ['POST', '/chat/auth/register-challenge'],
      ['POST', '/openapi.json'],
    ])('say 404 or 405 for %s %s', async (method, path) => {
      const { session } = await newPerson(server);
      const headers = { ...session.headers(), 'Content-Type': 'application/json' };
      expectRefusal(await ask(server.url, { method, path, headers }), 404, 405);
    });

    it.each(['/chat/%/publickey', '/chat/%E0%A4%A/publickey', '/%', '/chat/%ff/publickey'])(
      'say 400 or 404 for the path %s, which does not decode',
      async (path) => {
        const { session } = await newPerson(server);
        expectRefusal(await session.get(path), 400, 404);
      },
    );

    it('say so in the same shape when the path or the headers are far too long', async () => {
      expectRefusal(await get(`/chat/${'a'.repeat(10_000)}/publickey`), 400, 401, 404, 414);
      const reply = await rawExchange(
        server.url,
        requestHead(server.url, 'GET', '/health', { 'X-Long': 'x'.repeat(100_000), Connection: 'close' }),
      );
      expectRefusal(reply, 400, 431);
    });

    it.each([
      ['noise', '\u0000\u0001\u0002 what?\r\n\r\n'],
      ['a version that there is not', 'GET /health HTTP/9.9\r\nHost: x\r\n\r\n'],
      ['a bad length', 'POST /presence HTTP/1.1\r\nHost: x\r\nContent-Length: nine\r\n\r\n'],
      [
        'two lengths',
        'POST /presence HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
      ],
      [
        'a length and chunks',
        'POST /presence HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ],
    ])('have their shape even for bytes that are not HTTP: %s', async (_, bytes) => {
      expectRefusal(await rawExchange(server.url, bytes), 400);
    });

    it('carry a request id of their own each, also in the header', async () => {
      const [first, second] = [await get('/nowhere'), await get('/nowhere')];
      expectErrorShape(first);
      expect(requestId(first.text)).not.toBe(requestId(second.text));
    });

    it('do not let a caller put a line or a page into the request id', async () => {
      for (const id of ['x'.repeat(5_000), '<script>', 'a\tb']) {
        const reply = await ask(server.url, {
          method: 'GET',
          path: '/nowhere',
          headers: { 'X-Request-Id': id },
        });
        expectRefusal(reply, 404);
        expect(requestId(reply.text)).toMatch(/^[A-Za-z0-9_-]{1,128}$/);
      }
    });

    it('tell nothing of the inside: no stack, no path of a file, no SQL', async () => {
      const { session } = await newPerson(server);
      const replies = [
        await post(server.url, '/chat/auth/register', '{'),
        await post(server.url, '/chat/auth/login', '{"username": 1}'),
        await session.get('/chat/%/publickey'),
        await session.post('/chat/nobody/send', { message: 7 }),
      ];
      for (const reply of replies) {
        expectErrorShape(reply);
        expect(textMember(bodyOf(reply), 'detail')).not.toMatch(
          /\bat \/|node_modules|\.ts\b|sqlite|select |Error:/i,
        );
      }
    });
  });
}
