import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { listOf, member, textMember } from '../v1-client/reading.ts';
import { expectBody, expectOk, expectRefusal, untilListed } from './expectations.ts';
import { mustRegister, newAccount, newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export function describeUsers(server: ServerUnderTest): void {
  describe('users', () => {
    it('are a bare array of names, as they were registered, and whether each is online', async () => {
      const ann = await newPerson(server, 'Ann');
      const bob = await mustRegister(server.url, newAccount('BoB'));
      await untilListed(ann.session, { username: ann.name, online: false });
      await untilListed(ann.session, { username: bob.username, online: false });
      for (const user of listOf(expectOk(await ann.session.get('/chat/users')))) {
        const [username, online] = [textMember(user, 'username'), member(user, 'online')];
        expect(user).toEqual({ username, online });
        expect(online).toBeTypeOf('boolean');
      }
    });

    it('are listed once each', async () => {
      const { session } = await newPerson(server);
      const names = listOf(expectOk(await session.get('/chat/users'))).map((user) =>
        textMember(user, 'username'),
      );
      expect(new Set(names).size).toBe(names.length);
    });

    it('have their public key given out as PEM', async () => {
      const [ann, bob] = [await newPerson(server), await newPerson(server)];
      const body = expectOk(await ann.session.get(`/chat/${bob.name}/publickey`));
      const pem = textMember(body, 'public-key');
      expect(body).toEqual({ 'public-key': pem });
      expect(pem).toMatch(/^-----BEGIN PUBLIC KEY-----\n/);
      expect(createPublicKey(pem).equals(createPublicKey(bob.account.keys.privateKey))).toBe(true);
    });

    it('who do not exist are 404 wherever they are named', async () => {
      const { session } = await newPerson(server);
      const { username } = newAccount('nobody');
      expectRefusal(await session.get(`/chat/${username}/publickey`), 404);
      expectRefusal(await session.post(`/chat/${username}/send`, { message: 'x' }), 404);
      expectRefusal(await session.post(`/chat/${username}/keyexchange`, { encrypted_key: 'x' }), 404);
    });

    it('start with empty mailboxes', async () => {
      const { session } = await newPerson(server);
      expectBody(await session.get('/chat/messages'), { messages: [] });
      expectBody(await session.get('/chat/keyexchange'), { keys: [] });
    });
  });
}
