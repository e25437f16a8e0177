import { describe, expect, it } from 'vitest';
import {
  fetchLoginNonce,
  fetchRegisterChallenge,
  login,
  loginAnswer,
  type V1Account,
} from '../v1-client/account.ts';
import { post } from '../v1-client/http.ts';
import { passwordHash, sealOaep256 } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { expectBody, expectOk, expectRefusal } from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { openStream } from './stream-reader.ts';

export function describePassword(server: ServerUnderTest): void {
  const change = async (from: string, to: string) => {
    const { publicKey, nonce } = await fetchRegisterChallenge(server.url);
    const text = `${passwordHash(from)}|${passwordHash(to)}|${nonce}`;
    return { nonce, payload: sealOaep256(publicKey, text) };
  };
  const tryLogin = async (account: V1Account) => {
    const answer = loginAnswer(account, await fetchLoginNonce(server.url, account));
    return post(server.url, '/chat/auth/login', pythonJson(answer));
  };

  describe('a change of the password', () => {
    it('counts at the next login, and the old one no more', async () => {
      const { account, session } = await newPerson(server);
      const body = await change(account.password, 'another');
      expectBody(await session.post('/chat/auth/password', body), { status: 'OK' });
      expectRefusal(await tryLogin(account), 401);
      expectOk(await tryLogin({ ...account, password: 'another' }));
      expectOk(await session.get('/chat/messages'));
    });

    it('ends the other sessions with their streams, and not the one that asks', async () => {
      const { account, session } = await newPerson(server);
      const other = await login(server.url, account);
      const stream = await openStream(server, other);
      await stream.until('live');
      expectOk(await session.post('/chat/auth/password', await change(account.password, 'another')));
      expectRefusal(await other.get('/chat/messages'), 401);
      expect(await stream.bye()).toBe('session_over');
      expectOk(await session.get('/chat/messages'));
    });

    it('with a wrong old one changes nothing and ends nothing', async () => {
      const { account, session } = await newPerson(server);
      const other = await login(server.url, account);
      const reply = await session.post('/chat/auth/password', await change('wrong', 'another'));
      expect(expectRefusal(reply, 401)).toBe('wrong_password');
      expectOk(await tryLogin(account));
      expectOk(await other.get('/chat/messages'));
    });

    it('takes each nonce once, and none that it never gave out', async () => {
      const { account, session } = await newPerson(server);
      const body = await change(account.password, account.password);
      expectOk(await session.post('/chat/auth/password', body));
      for (const again of [body, { ...body, nonce: '0'.repeat(32) }])
        expect(expectRefusal(await session.post('/chat/auth/password', again), 400)).toBe('bad_nonce');
    });

    it.each([
      ['has one hash', (key: string, nonce: string) => sealOaep256(key, `a|${nonce}`)],
      ['has three hashes', (key: string, nonce: string) => sealOaep256(key, `a|b|c|${nonce}`)],
      ['has an empty hash', (key: string, nonce: string) => sealOaep256(key, `a||${nonce}`)],
      ['has another nonce', (key: string) => sealOaep256(key, `a|b|${'0'.repeat(32)}`)],
      ['is noise', () => 'ab'.repeat(256)],
      ['is no hex', () => 'zz'.repeat(256)],
    ])('refuses a payload that %s', async (_, payloadOf) => {
      const { account, session } = await newPerson(server);
      const { publicKey, nonce } = await fetchRegisterChallenge(server.url);
      const payload = payloadOf(publicKey, nonce);
      const reply = await session.post('/chat/auth/password', { nonce, payload });
      expect(expectRefusal(reply, 400)).toBe('bad_payload');
      expectOk(await tryLogin(account));
    });
  });
}
