import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { describe, expect, it } from 'vitest';
import type { Account } from '../src/accounts.ts';
import { createInTurn } from '../src/in-turn.ts';
import { createNonces } from '../src/nonces.ts';
import { register } from '../src/operations/register.ts';
import { createRegistrationKey } from '../src/registration-key.ts';
import { hashOf, pem } from './auth-under-test.ts';

/** Registration with room for one used nonce, over accounts in memory. */
async function createRegistration() {
  const nonces = createNonces({ lifeMs: 300_000, clock: Date.now, usedMax: 1 });
  const key = await createRegistrationKey();
  const added = new Map<string, Account>();
  const { perform } = register({
    nonces,
    key,
    clock: Date.now,
    publishUser: async () => {},
    inTurn: createInTurn(),
    admission: { check: async () => {}, admit: async () => {} },
    accounts: {
      add: async (account) => {
        added.set(account.username, account);
        return true;
      },
      isTaken: async (username) => added.has(username),
    },
  });
  const server = importPublicKey(key.publicKey);
  const attempt = (username: string, nonce: string, payload?: string) => {
    const sealed = payload ?? (server && oaep256Encrypt(server, `${hashOf('p')}|${nonce}`)) ?? '';
    const body = { username, 'public-key': pem, nonce, payload: sealed };
    return perform({ caller: null, username: '', body: Buffer.from(JSON.stringify(body)) });
  };
  return { issue: () => nonces.issue(''), attempt };
}

describe('a registration', () => {
  it('that comes to nothing takes no place in the memory of used nonces', async () => {
    const { issue, attempt } = await createRegistration();
    for (let count = 0; count < 5; count += 1)
      await expect(attempt('mallory', issue(), '00')).rejects.toMatchObject({ code: 'bad_payload' });
    const nonce = issue();
    await attempt('alice', nonce);
    await expect(attempt('bob', nonce)).rejects.toMatchObject({ code: 'bad_nonce' });
    await expect(attempt('alice', issue())).rejects.toMatchObject({ code: 'name_taken' });
    await expect(attempt('bob', issue())).rejects.toMatchObject({ code: 'unavailable' });
  });
});
