import { describe, expect, it } from 'vitest';
import { fetchLoginNonce, login, loginAnswer, loginWithId } from '../v1-client/account.ts';
import { post } from '../v1-client/http.ts';
import { openOaep256 } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { listOf, member, textMember } from '../v1-client/reading.ts';
import { createSession, type V1Session } from '../v1-client/session.ts';
import { expectBody, expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount, newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { openStream } from './stream-reader.ts';

export function describeSessionList(server: ServerUnderTest): void {
  const registered = () => mustRegister(server.url, newAccount());
  const listed = async (session: V1Session) =>
    listOf(member(expectOk(await session.get('/chat/auth/sessions')), 'sessions'));
  const idsOf = async (session: V1Session) =>
    (await listed(session)).map((one) => textMember(one, 'session-id')).sort();
  const end = (session: V1Session, body: unknown) => session.post('/chat/auth/sessions/end', body);

  describe('the list of sessions', () => {
    it('has each of the user’s own: when it began, when it was last used, which one asks, and what its login said', async () => {
      const account = await registered();
      const { session, sessionId } = await loginWithId(server.url, account);
      await newPerson(server);
      const answer = loginAnswer(account, await fetchLoginNonce(server.url, account));
      const body = expectOk(
        await post(server.url, '/chat/auth/login', pythonJson({ ...answer, client: 'Jörg’s laptop' })),
      );
      const sessions = await listed(session);
      const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
      const entry = (id: string, current: boolean, client: string) => ({
        'session-id': id,
        opened_at: time,
        seen_at: time,
        current,
        client,
      });
      expect(sessions).toHaveLength(2);
      expect(sessions).toContainEqual(entry(sessionId, true, ''));
      expect(sessions).toContainEqual(entry(textMember(body, 'session-id'), false, 'Jörg’s laptop'));
    });

    it.each(['a\u0007bell', 'right\u202eleft', 'two\nlines', 'x'.repeat(65), 7])(
      'takes no login that says %j of itself',
      async (client) => {
        const account = await registered();
        const body = { ...loginAnswer(account, await fetchLoginNonce(server.url, account)), client };
        expectRefusal(await post(server.url, '/chat/auth/login', pythonJson(body)), 400);
        expectOk(await post(server.url, '/chat/auth/login', pythonJson({ ...body, client: 'x'.repeat(64) })));
      },
    );

    it('ends one of its sessions at once, with its stream, and leaves the others', async () => {
      const account = await registered();
      const [own, lost, other] = [
        await loginWithId(server.url, account),
        await loginWithId(server.url, account),
        await loginWithId(server.url, account),
      ];
      const stream = await openStream(server, lost.session);
      await stream.until('live');
      expectBody(await end(own.session, { 'session-id': lost.sessionId }), { status: 'OK' });
      expectRefusal(await lost.session.get('/chat/messages'), 401);
      expect(await stream.bye()).toBe('session_over');
      expectOk(await other.session.get('/chat/messages'));
      expect(await idsOf(own.session)).toEqual([own.sessionId, other.sessionId].sort());
    });

    it('ends the session that asks like any other', async () => {
      const { session, sessionId } = await loginWithId(server.url, await registered());
      expectBody(await end(session, { 'session-id': sessionId }), { status: 'OK' });
      expectRefusal(await session.get('/chat/messages'), 401);
    });

    it('ends all others', async () => {
      const account = await registered();
      const own = await loginWithId(server.url, account);
      const others = [await login(server.url, account), await login(server.url, account)];
      const stranger = await newPerson(server);
      expectBody(await end(own.session, { others: true }), { status: 'OK' });
      for (const other of others) expectRefusal(await other.get('/chat/messages'), 401);
      expect(await idsOf(own.session)).toEqual([own.sessionId]);
      expectOk(await stranger.session.get('/chat/messages'));
      expectBody(await end(own.session, { others: true }), { status: 'OK' });
    });

    it('says of a session of somebody else what it says of one that never was, and ends none', async () => {
      const { session } = await loginWithId(server.url, await registered());
      const stranger = await loginWithId(server.url, await registered());
      const replies = [
        await end(session, { 'session-id': stranger.sessionId }),
        await end(session, { 'session-id': 'A'.repeat(22) }),
      ];
      const details = replies.map((reply) => textMember(JSON.parse(reply.text), 'detail'));
      expect(replies.map((reply) => expectRefusal(reply, 404))).toEqual(['not_found', 'not_found']);
      expect(details[0]).toBe(details[1]);
      expectOk(await stranger.session.get('/chat/messages'));
    });

    it('takes no request that says neither, or both', async () => {
      const account = await registered();
      const own = await loginWithId(server.url, account);
      const other = await login(server.url, account);
      const both = { 'session-id': own.sessionId, others: true };
      for (const body of [{}, both, { others: false }, { 'session-id': 7 }, []])
        expectRefusal(await end(own.session, body), 400);
      expectOk(await other.get('/chat/messages'));
    });

    it('holds 32: one more login ends the session unused for longest', async () => {
      const account = await registered();
      const first = await loginWithId(server.url, account);
      const opened: V1Session[] = [];
      for (let count = 0; count < 32; count += 1) opened.push(await login(server.url, account));
      expectRefusal(await first.session.get('/chat/messages', { 'X-Session-Id': first.sessionId }), 401);
      const newest = opened.at(-1) ?? createSession(server.url, '');
      expect(await listed(newest)).toHaveLength(32);
    });

    it('holds 32 when 40 logins come at once, and all that it holds work', async () => {
      const account = await registered();
      const answers = await Promise.all(
        Array.from({ length: 40 }, async () =>
          loginAnswer(account, await fetchLoginNonce(server.url, account)),
        ),
      );
      const replies = await Promise.all(
        answers.map((answer) => post(server.url, '/chat/auth/login', pythonJson(answer))),
      );
      const sessions = replies.map((reply) => {
        const body = expectOk(reply);
        const key = openOaep256(account.keys.privateKey, textMember(body, 'session-key'));
        return { session: createSession(server.url, key), sessionId: textMember(body, 'session-id') };
      });
      const works = await Promise.all(
        sessions.map(async ({ session, sessionId }) => {
          const reply = await session.get('/chat/messages', { 'X-Session-Id': sessionId });
          return reply.status === 200 ? [{ session, sessionId }] : [];
        }),
      );
      const working = works.flat();
      const [one] = working;
      expect(working).toHaveLength(32);
      expect(one && (await idsOf(one.session))).toEqual(working.map(({ sessionId }) => sessionId).sort());
    });
  });
}
