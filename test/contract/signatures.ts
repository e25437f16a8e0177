import { describe, expect, it } from 'vitest';
import { ask, post, type Reply } from '../v1-client/http.ts';
import { requestSignature, v1Timestamp } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { rawExchange, requestHead } from '../v1-client/raw-socket.ts';
import { createSession, type V1Session } from '../v1-client/session.ts';
import {
  drainTexts,
  expectBody,
  expectOk,
  expectRefusal,
  pollMessages,
  untilListed,
} from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { pathTo, SIGNED_ENDPOINTS } from './signed-endpoints.ts';

const naive = (shiftMs = 0) => v1Timestamp(shiftMs).replace('+00:00', '');

export function describeSignatures(server: ServerUnderTest): void {
  const poll = (headers: Record<string, string>) =>
    ask(server.url, { method: 'GET', path: '/chat/messages', headers });
  const pollAt = (session: V1Session, at: string) => poll(session.headers('', at));

  describe('signatures', () => {
    it('may carry a timestamp up to 29 s off, either way', async () => {
      const { session } = await newPerson(server);
      expectOk(await pollAt(session, v1Timestamp(-29_000)));
      expectOk(await pollAt(session, v1Timestamp(29_000)));
    });

    it('may not carry a timestamp 31 s off, either way', async () => {
      const { session } = await newPerson(server);
      expectRefusal(await pollAt(session, v1Timestamp(-31_000)), 401);
      expectRefusal(await pollAt(session, v1Timestamp(31_000)), 401);
      expectRefusal(await pollAt(session, v1Timestamp(-86_400_000)), 401);
    });

    it('may carry the time of any offset, with or without fractions', async () => {
      const { session } = await newPerson(server);
      const inTwoHours = v1Timestamp(2 * 3_600_000).replace('+00:00', '+02:00');
      expectOk(await pollAt(session, inTwoHours));
      expectOk(await pollAt(session, v1Timestamp().replace(/\.\d+/, '')));
      expectRefusal(await pollAt(session, v1Timestamp().replace('+00:00', '+02:00')), 401);
    });

    it.each([
      ['has no offset', () => naive()],
      ['is empty', () => ''],
      ['is a word', () => 'yesterday'],
      ['is a number of seconds', () => String(Math.floor(Date.now() / 1000))],
      ['is a date only', () => v1Timestamp().slice(0, 10)],
      ['is no day of any calendar', () => '2026-13-45T99:99:99+00:00'],
      ['has text after it', () => `${v1Timestamp()} or so`],
      ['has another after it', () => `${v1Timestamp()}|${v1Timestamp()}`],
      ['is of 5,000 characters', () => `${naive()}${'0'.repeat(5_000)}+00:00`],
      ['is in RFC 1123 form', () => new Date().toUTCString()],
      ['is infinite', () => 'Infinity'],
      ['has an impossible offset', () => `${naive()}+99:99`],
    ])('are refused when the timestamp %s', async (_, at) => {
      const { session } = await newPerson(server);
      expectRefusal(await pollAt(session, at()), 401);
      expectOk(await session.get('/chat/messages'));
    });

    it.each([
      [
        'no timestamp',
        ({ 'X-Request-Signature': signature }) => ({ 'X-Request-Signature': signature ?? '' }),
      ],
      ['no signature', ({ 'X-Request-Timestamp': at }) => ({ 'X-Request-Timestamp': at ?? '' })],
      ['neither', () => ({})],
      ['an empty signature', (headers) => ({ ...headers, 'X-Request-Signature': '' })],
      ['a signature that is not hex', (headers) => ({ ...headers, 'X-Request-Signature': 'zz'.repeat(32) })],
      ['half a signature', (headers) => cut(headers, 32)],
      ['all but one digit of a signature', (headers) => cut(headers, 63)],
      [
        'a digit too many',
        (headers) => ({ ...headers, 'X-Request-Signature': `${headers['X-Request-Signature']}0` }),
      ],
      [
        'a signature of 5,000 digits',
        (headers) => ({ ...headers, 'X-Request-Signature': 'a'.repeat(5_000) }),
      ],
      [
        'accented letters for a signature',
        (headers) => ({ ...headers, 'X-Request-Signature': '\u00e9'.repeat(64) }),
      ],
    ] satisfies [string, (headers: Record<string, string>) => Record<string, string>][])(
      'are refused with %s',
      async (_, bend) => {
        const { session } = await newPerson(server);
        expectRefusal(await poll(bend(session.headers())), 401);
      },
    );

    it('are refused when a header comes twice', async () => {
      const { session } = await newPerson(server);
      const { 'X-Request-Timestamp': at = '', 'X-Request-Signature': signature = '' } = session.headers();
      const head = requestHead(server.url, 'GET', '/chat/messages', {
        Connection: 'close',
        'X-Request-Timestamp': at,
        'x-request-timestamp': v1Timestamp(1_000),
        'X-Request-Signature': signature,
      });
      expectRefusal(await rawExchange(server.url, head), 400, 401);
    });

    it('may or may not be in upper case, but are never an error of the server', async () => {
      const { session } = await newPerson(server);
      const headers = session.headers();
      const signature = (headers['X-Request-Signature'] ?? '').toUpperCase();
      const reply = await poll({ ...headers, 'X-Request-Signature': signature });
      if (reply.status !== 200) expectRefusal(reply, 401);
    });

    it('are refused under a key that no session has', async () => {
      expectRefusal(await createSession(server.url, 'ab'.repeat(32)).get('/chat/messages'), 401);
    });

    it('are refused under the bytes of the session key in place of its characters', async () => {
      const { session } = await newPerson(server);
      const at = v1Timestamp();
      const overBytes = requestSignature(Buffer.from(session.key, 'hex').toString('latin1'), '', at);
      expectRefusal(await poll({ 'X-Request-Timestamp': at, 'X-Request-Signature': overBytes }), 401);
    });

    it('cover the time: the signature of one moment does not fit another', async () => {
      const { session } = await newPerson(server);
      expectRefusal(await poll({ ...session.headers(), 'X-Request-Timestamp': v1Timestamp(1_000) }), 401);
    });

    it('cover the raw bytes of the body, with its spaces, and not what it means', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      const path = `/chat/${bob.name}/send`;
      const [spaced, compact] = [pythonJson({ message: 'a', x: 1 }), JSON.stringify({ message: 'a', x: 1 })];
      expect(spaced).not.toBe(compact);
      expectRefusal(await post(server.url, path, spaced, ann.session.headers(compact)), 401);
      expectRefusal(await post(server.url, path, compact, ann.session.headers(spaced)), 401);
      expectRefusal(await post(server.url, path, `${spaced} `, ann.session.headers(spaced)), 401);
      expectRefusal(await post(server.url, path, spaced, ann.session.headers('')), 401);
      expect(await pollMessages(bob.session)).toEqual([]);
      expectBody(await ann.session.postRaw(path, spaced), { status: 'OK' });
      expectBody(await ann.session.postRaw(path, compact), { status: 'OK' });
      expectBody(await ann.session.postRaw(path, `\n {"message"\t:"a"} `), { status: 'OK' });
      expect(await drainTexts(bob.session)).toEqual(['a', 'a', 'a']);
    });
  });

  describe.each(SIGNED_ENDPOINTS)('%s %s', (method, template, body) => {
    const text = body ? pythonJson(body) : '';
    const send = (path: string, headers: Record<string, string>): Promise<Reply> =>
      method === 'GET' ? ask(server.url, { method, path, headers }) : post(server.url, path, text, headers);

    it('is 401 unsigned, under a foreign key and at a stale time, and 200 when signed', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      const path = pathTo(template, bob.name);
      const stranger = createSession(server.url, 'cd'.repeat(32));
      expectRefusal(await send(path, {}), 401);
      expectRefusal(await send(path, stranger.headers(text)), 401);
      expectRefusal(await send(path, ann.session.headers(text, v1Timestamp(-40_000))), 401);
      expectOk(await send(path, ann.session.headers(text)));
    });
  });

  describe('a request without a valid signature', () => {
    it('changes nothing: no message, no key, no presence, no logout', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      const stale = (text: string) => ann.session.headers(text, v1Timestamp(-60_000));
      for (const [method, path, body] of SIGNED_ENDPOINTS) {
        if (method !== 'POST') continue;
        const text = body ? pythonJson(body) : '';
        expectRefusal(await post(server.url, pathTo(path, bob.name), text, stale(text)), 401);
      }
      await untilListed(ann.session, { username: ann.name, online: false });
      expectBody(await bob.session.get('/chat/messages'), { messages: [] });
      expectBody(await bob.session.get('/chat/keyexchange'), { keys: [] });
    });

    it('does not take what is pending', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      expectOk(await ann.session.post(`/chat/${bob.name}/send`, { message: 'wait for me' }));
      expectRefusal(await pollAt(bob.session, v1Timestamp(-60_000)), 401);
      expect(await drainTexts(bob.session)).toEqual(['wait for me']);
    });
  });
}

function cut(headers: Record<string, string>, digits: number): Record<string, string> {
  return { ...headers, 'X-Request-Signature': (headers['X-Request-Signature'] ?? '').slice(0, digits) };
}
