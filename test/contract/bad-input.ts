import { describe, expect, it } from 'vitest';
import { fetchLoginNonce, fetchRegisterChallenge, loginAnswer, registration } from '../v1-client/account.ts';
import { post, type Reply } from '../v1-client/http.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import type { V1Session } from '../v1-client/session.ts';
import { bundleFor } from './bundle-for.ts';
import { drainTexts, expectBody, expectOk, expectRefusal, pollKeys, pollMessages } from './expectations.ts';
import { mustRegister, newAccount, newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const BODY_LIMIT = 64 * 1024;
const WRONG_VALUES = [null, true, 7, 1.5e300, [], ['x'], {}, { x: 'y' }];
const NOT_OBJECTS = ['', ' ', '[]', '[{}]', '7', 'null', 'true', '"text"', '{', '{"a":', "{'a': 1}", '{} {}'];
const NOT_UTF8 = [0xff, 0xc0, 0x80];

type Send = (body: string | Buffer) => Promise<Reply>;
type Endpoint = {
  name: string;
  prepare(server: ServerUnderTest): Promise<{ good: Record<string, unknown>; send: Send }>;
};

const signed =
  (session: V1Session, path: string): Send =>
  (body) =>
    session.postRaw(path, body);

/** Every endpoint that takes a body: a body that is good but for what a test bends, and the way to send it. */
const ENDPOINTS: Endpoint[] = [
  {
    name: 'register',
    prepare: async ({ url }) => ({
      good: registration(newAccount(), await fetchRegisterChallenge(url)),
      send: (body) => post(url, '/chat/auth/register', body),
    }),
  },
  {
    name: 'login-challenge',
    prepare: async ({ url }) => ({
      good: { username: newAccount().username },
      send: (body) => post(url, '/chat/auth/login-challenge', body),
    }),
  },
  {
    name: 'login',
    prepare: async ({ url }) => {
      const account = await mustRegister(url, newAccount());
      return {
        good: loginAnswer(account, await fetchLoginNonce(url, account)),
        send: (body) => post(url, '/chat/auth/login', body),
      };
    },
  },
  {
    name: 'send',
    prepare: async (server) => {
      const { name, session } = await newPerson(server);
      return { good: { message: 'm', id: 'i'.repeat(20) }, send: signed(session, `/chat/${name}/send`) };
    },
  },
  {
    name: 'keyexchange',
    prepare: async (server) => {
      const { name, session } = await newPerson(server);
      return {
        good: { encrypted_key: 'k', id: 'i'.repeat(20) },
        send: signed(session, `/chat/${name}/keyexchange`),
      };
    },
  },
  {
    name: 'bundle',
    prepare: async (server) => {
      const { account, session } = await newPerson(server);
      return {
        good: { bundle: bundleFor(account, 1) },
        send: (body) => session.putRaw('/chat/keys/bundle', body),
      };
    },
  },
];

export function describeBadInput(server: ServerUnderTest): void {
  describe.each(ENDPOINTS)('the body of $name', ({ prepare }) => {
    it('must be a JSON object', async () => {
      const { good, send } = await prepare(server);
      for (const body of NOT_OBJECTS) expectRefusal(await send(body), 400);
      expectOk(await send(pythonJson(good)));
    });

    it('must be UTF-8', async () => {
      const { good, send } = await prepare(server);
      for (const byte of NOT_UTF8) {
        const [head, tail] = ['{"extra": "', `", ${pythonJson(good).slice(1)}`];
        expectRefusal(
          await send(Buffer.concat([Buffer.from(head), Buffer.of(byte), Buffer.from(tail)])),
          400,
        );
      }
      expectOk(await send(pythonJson(good)));
    });

    it('must have every member that is asked for', async () => {
      const { good, send } = await prepare(server);
      for (const name of Object.keys(good).filter((member) => member !== 'id')) {
        const { [name]: _, ...rest } = good;
        expectRefusal(await send(pythonJson(rest)), 400);
      }
      expectRefusal(await send('{}'), 400);
    });

    it('must have strings for members: nothing else is turned into one', async () => {
      const { good, send } = await prepare(server);
      for (const name of Object.keys(good)) {
        for (const value of WRONG_VALUES) {
          expectRefusal(await send(pythonJson({ ...good, [name]: value })), 400);
        }
      }
      expectOk(await send(pythonJson(good)));
    });

    it('may have members that mean nothing here', async () => {
      const { good, send } = await prepare(server);
      expectOk(await send(pythonJson({ ...good, sender: 'eve', extra: { deep: [1, null] } })));
    });

    it('must fit 64 KiB', async () => {
      const { good, send } = await prepare(server);
      const padded = (bytes: number) => {
        const body = pythonJson({ ...good, padding: '' });
        return body.replace('"padding": "', `"padding": "${'p'.repeat(bytes - body.length)}`);
      };
      expect(padded(BODY_LIMIT)).toHaveLength(BODY_LIMIT);
      expectRefusal(await send(padded(BODY_LIMIT + 1)), 413);
      expectRefusal(await send(padded(2 * BODY_LIMIT)), 413);
      expectOk(await send(padded(BODY_LIMIT)));
    });

    it('may nest deeply or poison a prototype without an error of the server', async () => {
      const { good, send } = await prepare(server);
      const deep = `{"x": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`;
      expect((await send(deep)).status).toBeLessThan(500);
      const poison = pythonJson(good).replace(
        '{',
        '{"__proto__": {"admin": true}, "constructor": {"prototype": 1}, ',
      );
      const reply = await send(poison);
      if (reply.status !== 200) expectRefusal(reply, 400);
    });
  });

  describe('what a sender says', () => {
    it.each([
      ['15 characters', 'a'.repeat(15)],
      ['65 characters', 'a'.repeat(65)],
      ['a space', 'a b'.repeat(8)],
      ['an accent', '\u00e9'.repeat(20)],
      ['nothing', ''],
    ])('may not have an id of %s, and nothing is delivered', async (_, id) => {
      const { name, session } = await newPerson(server);
      expectRefusal(await session.post(`/chat/${name}/send`, { message: 'm', id }), 400);
      expectRefusal(await session.post(`/chat/${name}/keyexchange`, { encrypted_key: 'k', id }), 400);
      expect(await pollMessages(session)).toEqual([]);
      expect(await pollKeys(session)).toEqual([]);
    });

    it('never blocks a mailbox: half a surrogate pair is refused or delivered, and the next one arrives', async () => {
      const { name, session } = await newPerson(server);
      const reply = await session.postRaw(`/chat/${name}/send`, '{"message": "\\ud800"}');
      if (reply.status !== 200) expectRefusal(reply, 400);
      expectBody(await session.post(`/chat/${name}/send`, { message: 'next' }), { status: 'OK' });
      expect((await drainTexts(session)).at(-1)).toBe('next');
    });

    it('may come without a Content-Type or with another, and is never an error of the server', async () => {
      const { name, session } = await newPerson(server);
      for (const type of ['text/plain', 'application/xml', 'application/json; charset=latin1', ';', 'x']) {
        const reply = await session.post(`/chat/${name}/send`, { message: 'm' }, { 'Content-Type': type });
        if (reply.status !== 200) expectRefusal(reply, 400, 415);
      }
    });
  });

  describe('an empty POST', () => {
    it('is fine where no body is due, with Content-Type: application/json', async () => {
      const { session } = await newPerson(server);
      expectBody(await session.post('/presence'), { status: 'OK' });
      expectBody(await session.post('/chat/auth/logout'), { status: 'OK' });
    });
  });
}
