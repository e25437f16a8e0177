import { describe, expect, it } from 'vitest';
import { loginWithId } from '../v1-client/account.ts';
import { ask } from '../v1-client/http.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';
import { createSession } from '../v1-client/session.ts';
import { createV2Session, loginV2, type V2Request, type V2Session } from '../v2-client/session.ts';
import { expectBody, expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { pathTo, SIGNED_ENDPOINTS } from './signed-endpoints.ts';

const POLL = { method: 'GET', path: '/chat/messages' };

export function describeSignaturesV2(server: ServerUnderTest): void {
  const newPerson = async () => {
    const account = await mustRegister(server.url, newAccount('v2'));
    return { name: account.username, account, session: await loginV2(server.url, account) };
  };
  const send = (name: string, message: string): V2Request => ({
    method: 'POST',
    path: `/chat/${name}/send`,
    body: JSON.stringify({ message }),
  });
  const texts = async (session: V2Session) =>
    listOf(member(expectOk(await session.send(POLL)), 'messages')).map((record) =>
      textMember(record, 'message'),
    );
  /** The first request's signature on the second. */
  const bent = (session: V2Session, signed: V2Request, sent: V2Request) =>
    ask(server.url, {
      method: sent.method,
      path: sent.path,
      headers: session.headers(signed),
      body: sent.body ?? '',
    });

  describe.each(SIGNED_ENDPOINTS)('%s %s under signatures v2', (method, template, value) => {
    it('is 401 under a foreign key, at a stale time and for another path, and 200 when signed', async () => {
      const [ann, bob] = [await newPerson(), await newPerson()];
      const body = value && JSON.stringify(value);
      const request = { method, path: pathTo(template, bob.name), ...(body && { body }) };
      const stranger = createV2Session(server.url, ann.session.sessionId, 'cd'.repeat(32));
      const now = Math.floor(Date.now() / 1000);
      expectRefusal(await stranger.send(request), 401);
      expectRefusal(await ann.session.send({ ...request, created: now - 40 }), 401);
      expectRefusal(await ann.session.send({ ...request, created: now + 40 }), 401);
      expectRefusal(await bent(ann.session, { ...request, path: '/chat/other' }, request), 401);
      expectOk(await ann.session.send(request));
    });
  });

  describe('a signature v2', () => {
    it('covers recipient, query, method and body, and nothing that was changed has an effect', async () => {
      const [ann, bob, carol] = [await newPerson(), await newPerson(), await newPerson()];
      const signed = send(bob.name, 'for bob');
      for (const changed of [
        send(carol.name, 'for bob'),
        send(bob.name, 'for Bob'),
        { ...signed, path: `${signed.path}?x` },
        { ...signed, body: '' },
        { ...signed, method: 'PUT', path: '/chat/keys/bundle' },
        { method: 'POST', path: '/chat/auth/logout' },
      ])
        expectRefusal(await bent(ann.session, signed, changed), 401);
      expect(await texts(bob.session)).toEqual([]);
      expect(await texts(carol.session)).toEqual([]);
      expectBody(await ann.session.send(signed), { status: 'OK' });
      expect(await texts(bob.session)).toEqual(['for bob']);
    });

    it('covers the id after which a stream begins', async () => {
      const { session } = await newPerson();
      const request = { method: 'GET', path: '/chat/stream' };
      const headers = { ...session.headers(request), 'Last-Event-ID': '0.0' };
      expectRefusal(await ask(server.url, { ...request, headers }), 401);
    });

    it('is of one session alone', async () => {
      const [ann, bob] = [await newPerson(), await newPerson()];
      const crossed = createV2Session(server.url, bob.session.sessionId, ann.session.key);
      expectRefusal(await crossed.send(POLL), 401);
      expectOk(await ann.session.send(POLL));
      const other = await loginV2(server.url, ann.account);
      expectOk(await other.send({ method: 'POST', path: '/chat/auth/logout' }));
      expectRefusal(await other.send(POLL), 401);
      expectOk(await ann.session.send(POLL));
    });

    it.each([
      ['no Content-Digest', { 'Content-Digest': undefined }],
      ['another digest', { 'Content-Digest': `sha-256=:${'A'.repeat(43)}=:` }],
      ['no Signature', { Signature: undefined }],
      ['an empty Signature', { Signature: '' }],
      ['a Signature under another label', { Signature: `other=:${'A'.repeat(43)}=:` }],
      ['an empty Signature-Input', { 'Signature-Input': '' }],
      ['a Signature-Input that covers nothing', { 'Signature-Input': 'chat=();created=1' }],
      ['5,000 characters for a Signature-Input', { 'Signature-Input': `chat=(${'"a" '.repeat(1_250)})` }],
    ])('is refused with %s', async (_, headers) => {
      const { session } = await newPerson();
      const bad = Object.entries({ ...session.headers(POLL), ...headers }).filter(
        ([, value]) => value !== undefined,
      );
      expectRefusal(await ask(server.url, { ...POLL, headers: Object.fromEntries(bad) }), 401);
      expectOk(await session.send(POLL));
    });
  });

  describe('a session', () => {
    it('that was opened for signatures v2 refuses v1, with its id and without', async () => {
      const { session } = await newPerson();
      const v1 = createSession(server.url, session.key);
      expectRefusal(await v1.get('/chat/messages'), 401);
      expectRefusal(await v1.get('/chat/messages', { 'X-Session-Id': session.sessionId }), 401);
      expectRefusal(await v1.post('/chat/auth/logout'), 401);
      expectOk(await session.send(POLL));
    });

    it('of v1 refuses signatures v2', async () => {
      const account = await mustRegister(server.url, newAccount('v1'));
      const { session, sessionId } = await loginWithId(server.url, account);
      expectRefusal(await createV2Session(server.url, sessionId, session.key).send(POLL), 401);
      expect(bodyOf(await session.get('/chat/messages'))).toEqual({ messages: [] });
    });
  });
}
