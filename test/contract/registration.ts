import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fetchRegisterChallenge, login, register, registration } from '../v1-client/account.ts';
import { ask, post } from '../v1-client/http.ts';
import { passwordHash, sealOaep256 } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { textMember } from '../v1-client/reading.ts';
import { expectBody, expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export function describeRegistration(server: ServerUnderTest): void {
  const send = (body: unknown) => post(server.url, '/chat/auth/register', pythonJson(body));

  describe('registration', () => {
    it('invites with the RSA key of the server and a fresh nonce of 32 hex characters', async () => {
      const invite = () => ask(server.url, { method: 'GET', path: '/chat/auth/register-challenge' });
      const first = expectOk(await invite());
      const second = expectOk(await invite());
      const nonce = textMember(first, 'nonce');
      const publicKey = textMember(first, 'public_key');
      expect(first).toEqual({ public_key: publicKey, nonce });
      expect(nonce).toMatch(/^[0-9a-f]{32}$/);
      expect(textMember(second, 'nonce')).not.toBe(nonce);
      expect(textMember(second, 'public_key')).toBe(publicKey);
      expect(publicKey).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
      const details = createPublicKey(publicKey).asymmetricKeyDetails;
      expect(details?.modulusLength).toBeGreaterThanOrEqual(2048);
      expect(details?.publicExponent).toBe(65537n);
    });

    it('takes a new user, who can log in at once', async () => {
      const account = newAccount();
      expectBody(await register(server.url, account), { status: 'success' });
      const session = await login(server.url, account);
      expect((await session.get('/chat/users')).status).toBe(200);
    });

    it('ignores members that it does not know', async () => {
      const body = registration(newAccount(), await fetchRegisterChallenge(server.url));
      expectBody(await send({ ...body, email: 'x@y', admin: true, nested: [{}] }), { status: 'success' });
    });

    it('refuses a name that is taken, and leaves the first owner alone', async () => {
      const account = await mustRegister(server.url, newAccount());
      expectRefusal(await register(server.url, { ...newAccount(), username: account.username }), 400);
      await login(server.url, account);
    });

    it('gives one name to one of many who ask for it at once', async () => {
      const { username } = newAccount('race');
      const rivals = Array.from({ length: 6 }, () => ({ ...newAccount(), username }));
      const replies = await Promise.all(rivals.map((rival) => register(server.url, rival)));
      const statuses = replies.map((reply) => reply.status).sort();
      expect(statuses).toEqual([200, 400, 400, 400, 400, 400]);
    });

    it('takes each nonce once', async () => {
      const challenge = await fetchRegisterChallenge(server.url);
      expectOk(await send(registration(newAccount(), challenge)));
      const second = newAccount();
      expectRefusal(await send(registration(second, challenge)), 400);
      await mustRegister(server.url, second);
    });

    it('refuses a nonce that it never gave out', async () => {
      const challenge = { ...(await fetchRegisterChallenge(server.url)), nonce: '0'.repeat(32) };
      expectRefusal(await send(registration(newAccount(), challenge)), 400);
    });

    it('refuses a payload with another nonce inside, even one that it gave out itself', async () => {
      const outside = await fetchRegisterChallenge(server.url);
      const inside = await fetchRegisterChallenge(server.url);
      const account = newAccount();
      const { payload } = registration(account, inside);
      expectRefusal(await send({ ...registration(account, outside), payload }), 400);
      await mustRegister(server.url, account);
    });

    it.each([
      ['is not hex', () => 'zz'.repeat(256)],
      ['has an odd number of digits', () => 'abc'],
      ['is empty', () => ''],
      ['is of the wrong length', () => 'ab'.repeat(255)],
      ['is noise', () => 'ab'.repeat(256)],
      ['is of 60,000 digits', () => 'ab'.repeat(30_000)],
      ['has the nonce only', (key: string, nonce: string) => sealOaep256(key, nonce)],
      ['has no password hash', (key: string, nonce: string) => sealOaep256(key, `|${nonce}`)],
      ['has a stray part', (key: string, nonce: string) => sealOaep256(key, `a|b|${nonce}`)],
      [
        'is under the wrong key',
        (_: string, nonce: string) =>
          sealOaep256(newAccount().keys.publicPem, `${passwordHash('x')}|${nonce}`),
      ],
    ])('refuses a payload that %s', async (_, payloadOf) => {
      const challenge = await fetchRegisterChallenge(server.url);
      const account = newAccount();
      const payload = payloadOf(challenge.publicKey, challenge.nonce);
      expectRefusal(await send({ ...registration(account, challenge), payload }), 400);
      await mustRegister(server.url, account);
    });
  });
}
