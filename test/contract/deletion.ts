import { describe, expect, it } from 'vitest';
import {
  fetchLoginNonce,
  fetchRegisterChallenge,
  login,
  loginAnswer,
  register,
  type V1Account,
} from '../v1-client/account.ts';
import { post } from '../v1-client/http.ts';
import { passwordHash, sealOaep256 } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { expectBody, expectOk, expectRefusal } from './expectations.ts';
import { newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';
import { openStream } from './stream-reader.ts';

export function describeDeletion(server: ServerUnderTest): void {
  const request = async (password: string) => {
    const { publicKey, nonce } = await fetchRegisterChallenge(server.url);
    return { nonce, payload: sealOaep256(publicKey, `${passwordHash(password)}|${nonce}`) };
  };
  const logInWith = async (account: V1Account, nonce: string) =>
    post(server.url, '/chat/auth/login', pythonJson(loginAnswer(account, nonce)));

  describe('an account that its user deletes', () => {
    it('is gone for himself: sessions, streams, login, and the name for ever', async () => {
      const { account, session } = await newPerson(server);
      const other = await login(server.url, account);
      const stream = await openStream(server, other);
      await stream.until('live');
      const nonce = await fetchLoginNonce(server.url, account);
      expectBody(await session.post('/chat/auth/delete', await request(account.password)), { status: 'OK' });

      expectRefusal(await session.get('/chat/messages'), 401);
      expectRefusal(await other.get('/chat/messages'), 401);
      expect(await stream.bye()).toBe('session_over');
      expect(expectRefusal(await logInWith(account, nonce), 401)).toBe('unauthorized');
      expect(expectRefusal(await register(server.url, account), 400)).toBe('name_taken');
      const shouted = { ...account, username: account.username.toUpperCase() };
      expect(expectRefusal(await register(server.url, shouted), 400)).toBe('name_taken');
    });

    it('is gone for others: the list, key, bundle, and nobody can write to it', async () => {
      const { name, account, session } = await newPerson(server);
      const other = await newPerson(server);
      expectOk(await other.session.post(`/chat/${name}/send`, { message: 'waits' }));
      expectOk(await session.post('/presence', undefined));
      expectOk(await session.post('/chat/auth/delete', await request(account.password)));

      // Each part learns of it from the log.
      await expect
        .poll(async () => JSON.stringify(expectOk(await other.session.get('/chat/users'))), {
          timeout: 10_000,
        })
        .not.toContain(name);
      for (const path of [`/chat/${name}/publickey`, `/chat/${name}/bundle`])
        expect(expectRefusal(await other.session.get(path), 404)).toBe('unknown_user');
      await expect
        .poll(async () => (await other.session.post(`/chat/${name}/send`, { message: 'late' })).status, {
          timeout: 10_000,
        })
        .toBe(404);
      const key = await other.session.post(`/chat/${name}/keyexchange`, { encrypted_key: 'a2V5' });
      expect(expectRefusal(key, 404)).toBe('unknown_user');
      expectOk(await other.session.get('/chat/messages'));
    });

    it('stays with a wrong password, and with a nonce that was used', async () => {
      const { account, session } = await newPerson(server);
      const wrong = await request('another');
      expect(expectRefusal(await session.post('/chat/auth/delete', wrong), 401)).toBe('wrong_password');
      expect(expectRefusal(await session.post('/chat/auth/delete', wrong), 400)).toBe('bad_nonce');
      const bent = { ...(await request(account.password)), payload: '00' };
      expect(expectRefusal(await session.post('/chat/auth/delete', bent), 400)).toBe('bad_payload');
      expectOk(await session.get('/chat/messages'));
      await login(server.url, account);
    });
  });
}
