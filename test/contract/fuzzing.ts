import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ask, post, type Reply } from '../v1-client/http.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { expectErrorShape, expectOk } from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const RUNS = 300;
const MEMBERS = [
  'username',
  'public-key',
  'nonce',
  'payload',
  'challenge_response',
  'proof',
  'message',
  'id',
  'encrypted_key',
];

const UNSIGNED = ['/chat/auth/register', '/chat/auth/login-challenge', '/chat/auth/login'];
const memberName = fc.oneof(fc.constantFrom(...MEMBERS), fc.string({ maxLength: 20 }));
const almostRight = fc.dictionary(memberName, fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()), {
  maxKeys: 9,
});
const body = fc.oneof(
  almostRight.map(pythonJson),
  fc.jsonValue().map(pythonJson),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
);
const header = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
});

export function describeFuzzing(server: ServerUnderTest): void {
  const fine = (reply: Reply) => {
    expect(reply.status, reply.text).toBeLessThan(500);
    if (reply.status >= 400) expectErrorShape(reply);
  };

  describe(`${RUNS} random requests`, () => {
    it('to the endpoints without a signature bring no error of the server', async () => {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...UNSIGNED), body, async (path, bytes) => {
          fine(await post(server.url, path, bytes));
        }),
        { numRuns: RUNS },
      );
    });

    it('to the signed endpoints bring no error of the server, and the session lives on', async () => {
      const { name, session } = await newPerson(server);
      const paths = [`/chat/${name}/send`, `/chat/${name}/keyexchange`, '/presence'];
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...paths), body, async (path, bytes) => {
          fine(await session.postRaw(path, bytes));
          fine(await session.putRaw('/chat/keys/bundle', bytes));
        }),
        { numRuns: RUNS },
      );
      expectOk(await session.get('/chat/messages'));
      expectOk(await session.get('/chat/keyexchange'));
    });

    it('with random signature headers and names bring no error of the server', async () => {
      await fc.assert(
        fc.asyncProperty(
          header,
          header,
          header,
          fc.string({ unit: 'binary' }),
          async (at, signature, id, who) => {
            const headers = {
              'X-Request-Timestamp': at,
              'X-Request-Signature': signature,
              'X-Session-Id': id,
            };
            const path = `/chat/${encodeURIComponent(who)}/publickey`;
            fine(await ask(server.url, { method: 'GET', path, headers }));
          },
        ),
        { numRuns: RUNS },
      );
    });
  });
}
