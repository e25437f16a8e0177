import { describe, expect, it } from 'vitest';
import { askLoginChallenge, fetchLoginNonce, loginAnswer, type V1Account } from '../v1-client/account.ts';
import { post } from '../v1-client/http.ts';
import { loginProof, openOaep256 } from '../v1-client/primitives.ts';
import { pythonJson } from '../v1-client/python-json.ts';
import { bodyOf, textMember } from '../v1-client/reading.ts';
import { expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export function describeLogin(server: ServerUnderTest): void {
  const answer = (body: unknown) => post(server.url, '/chat/auth/login', pythonJson(body));
  const registered = () => mustRegister(server.url, newAccount());
  const challengeOf = async (username: string) =>
    textMember(bodyOf(await askLoginChallenge(server.url, username)), 'challenge');

  describe('login', () => {
    it('challenges with nonce, time and name, sealed to the user', async () => {
      const account = await registered();
      const body = expectOk(await askLoginChallenge(server.url, account.username));
      const challenge = textMember(body, 'challenge');
      expect(body).toEqual({ challenge });
      expect(challenge).toMatch(/^[0-9a-f]{512}$/);
      const [nonce, time, name, ...rest] = openOaep256(account.keys.privateKey, challenge).split('|');
      expect(nonce).toMatch(/^[0-9a-f]{32}$/);
      expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
      expect(Math.abs(Date.parse(time ?? '') - Date.now())).toBeLessThan(90_000);
      expect(name).toBe(account.username);
      expect(rest).toEqual([]);
    });

    it('answers a right proof with a session key of 64 hex characters and a public session id', async () => {
      const account = await registered();
      const body = expectOk(await answer(loginAnswer(account, await fetchLoginNonce(server.url, account))));
      const sealed = textMember(body, 'session-key');
      const id = textMember(body, 'session-id');
      expect(body).toEqual({ 'session-key': sealed, 'session-id': id });
      expect(sealed).toMatch(/^[0-9a-f]{512}$/);
      expect(openOaep256(account.keys.privateKey, sealed)).toMatch(/^[0-9a-f]{64}$/);
      expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
    });

    it('refuses the proof of a wrong password', async () => {
      const account = await registered();
      const nonce = await fetchLoginNonce(server.url, account);
      expectRefusal(await answer(loginAnswer({ ...account, password: 'wrong' }, nonce)), 401);
    });

    it.each(['', 'ab', 'zz'.repeat(32), 'ab'.repeat(32), 'ab'.repeat(20_000), '\u00e9'.repeat(64)])(
      'refuses the proof %#, which is none',
      async (proof) => {
        const account = await registered();
        const nonce = await fetchLoginNonce(server.url, account);
        expectRefusal(await answer({ ...loginAnswer(account, nonce), proof }), 400, 401);
      },
    );

    it('takes each challenge once', async () => {
      const account = await registered();
      const body = loginAnswer(account, await fetchLoginNonce(server.url, account));
      expectOk(await answer(body));
      expectRefusal(await answer(body), 401);
    });

    it('spends a challenge on a wrong proof', async () => {
      const account = await registered();
      const body = loginAnswer(account, await fetchLoginNonce(server.url, account));
      expectRefusal(await answer({ ...body, proof: loginProof('wrong', body.challenge_response) }), 401);
      expectRefusal(await answer(body), 401);
    });

    it('takes one of many equal answers that come at once', async () => {
      const account = await registered();
      const body = loginAnswer(account, await fetchLoginNonce(server.url, account));
      const replies = await Promise.all(Array.from({ length: 5 }, () => answer(body)));
      expect(replies.map((reply) => reply.status).sort()).toEqual([200, 401, 401, 401, 401]);
    });

    it('makes who guesses wait, though the next one were right, and nobody else', async () => {
      const [ann, bob] = [await registered(), await registered()];
      const tryPassword = async (account: V1Account, password: string) =>
        answer(loginAnswer({ ...account, password }, await fetchLoginNonce(server.url, account)));
      for (const account of [ann, bob]) expectOk(await tryPassword(account, account.password));
      for (let count = 0; count < 5; count += 1) expectRefusal(await tryPassword(ann, `wrong ${count}`), 401);
      // The first that costs a second may be so late that it has passed; each next one costs twice as long.
      const codes = [];
      while (codes.at(-1) !== 'too_many' && codes.length < 10)
        codes.push(expectRefusal(await tryPassword(ann, 'wrong'), 401, 429));
      expect(codes.at(-1)).toBe('too_many');
      expectRefusal(await tryPassword(ann, ann.password), 429);
      expectOk(await tryPassword(bob, bob.password));
    });

    it('binds a challenge to the name that asked', async () => {
      const [ann, bob] = [await registered(), await registered()];
      const nonceOfAnn = await fetchLoginNonce(server.url, ann);
      expectRefusal(await answer(loginAnswer(bob, nonceOfAnn)), 401);
    });

    it('keeps the challenges of one user apart: an earlier one still counts', async () => {
      const account = await registered();
      const first = await fetchLoginNonce(server.url, account);
      const second = await fetchLoginNonce(server.url, account);
      expect(second).not.toBe(first);
      expectOk(await answer(loginAnswer(account, first)));
      expectOk(await answer(loginAnswer(account, second)));
    });
  });

  describe('login challenges of names that nobody has', () => {
    it('look like those of names that somebody has, and are new each time', async () => {
      const known = await askLoginChallenge(server.url, (await registered()).username);
      const { username } = newAccount('nobody');
      const unknown = await askLoginChallenge(server.url, username);
      const challenge = textMember(expectOk(unknown), 'challenge');
      expect(bodyOf(unknown)).toEqual({ challenge });
      expect(challenge).toMatch(/^[0-9a-f]+$/);
      expect(Object.keys(unknown.headers).sort()).toEqual(Object.keys(known.headers).sort());
      const again = await challengeOf(username);
      expect(again).not.toBe(challenge);
      expect(again).toHaveLength(challenge.length);
    });

    it('have the length that a key of a client has: 2048 bits, as in v1, among them', async () => {
      const names = Array.from({ length: 40 }, () => newAccount('nobody').username);
      const lengths = new Set((await Promise.all(names.map(challengeOf))).map((hex) => hex.length));
      expect(lengths).toContain(512);
      for (const length of lengths) expect([512, 768, 1024]).toContain(length);
    });

    it('cannot be answered, and the refusal is that of a wrong password', async () => {
      const account = await registered();
      const nonce = await fetchLoginNonce(server.url, account);
      const wrong = await answer(loginAnswer({ ...account, password: 'wrong' }, nonce));
      const nobody = newAccount('nobody');
      await challengeOf(nobody.username);
      const alike = await answer(loginAnswer(nobody, 'ab'.repeat(16)));
      expect(expectRefusal(alike, 401)).toBe(expectRefusal(wrong, 401));
      expect(textMember(bodyOf(alike), 'detail')).toBe(textMember(bodyOf(wrong), 'detail'));
    });

    it('take no longer and no less: medians of 200 each within a factor of 2', async () => {
      const known = (await registered()).username;
      const unknown = newAccount('nobody');
      await Promise.all([challengeOf(known), challengeOf(unknown.username)]);
      const times: Record<'known' | 'unknown', number[]> = { known: [], unknown: [] };
      for (let round = 0; round < 200; round += 1) {
        times.known.push(await timed(() => challengeOf(known)));
        times.unknown.push(await timed(() => challengeOf(unknown.username)));
      }
      const ratio = median(times.known) / median(times.unknown);
      expect(ratio).toBeGreaterThan(0.5);
      expect(ratio).toBeLessThan(2);
    });
  });
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
