import { describe, expect, it } from 'vitest';
import { login, loginWithId } from '../v1-client/account.ts';
import { drainTexts, expectBody, expectOk, expectRefusal } from './expectations.ts';
import { mustRegister, newAccount, newPerson } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

export function describeSessions(server: ServerUnderTest): void {
  const newNamed = async () => loginWithId(server.url, await mustRegister(server.url, newAccount()));

  describe('sessions', () => {
    it('work with their id, and without', async () => {
      const { session, sessionId } = await newNamed();
      expectOk(await session.get('/chat/messages', { 'X-Session-Id': sessionId }));
      expectOk(await session.get('/chat/messages'));
    });

    it('are verified against the session that the id names and no other', async () => {
      const [ann, bob] = [await newNamed(), await newNamed()];
      expect(ann.sessionId).not.toBe(bob.sessionId);
      const ids = [bob.sessionId, 'A'.repeat(22), 'short', '', '../../x', 'é'.repeat(22), 'A'.repeat(5_000)];
      for (const id of ids) {
        expectRefusal(await ann.session.get('/chat/messages', { 'X-Session-Id': id }), 401);
      }
      expectOk(await ann.session.get('/chat/messages', { 'X-Session-Id': ann.sessionId }));
    });

    it('end at once at logout, without an id', async () => {
      const { session, sessionId } = await newNamed();
      expectOk(await session.get('/chat/messages'));
      expectBody(await session.post('/chat/auth/logout'), { status: 'OK' });
      expectRefusal(await session.get('/chat/messages'), 401);
      expectRefusal(await session.get('/chat/messages', { 'X-Session-Id': sessionId }), 401);
      expectRefusal(await session.post('/chat/auth/logout'), 401);
    });

    it('end at once at logout, with their id', async () => {
      const { session, sessionId } = await newNamed();
      const named = { 'X-Session-Id': sessionId };
      expectOk(await session.get('/chat/messages', named));
      expectBody(await session.post('/chat/auth/logout', undefined, named), { status: 'OK' });
      expectRefusal(await session.get('/chat/messages', named), 401);
      expectRefusal(await session.get('/chat/messages'), 401);
    });

    it('of one user are several: each works, and ends alone', async () => {
      const account = await mustRegister(server.url, newAccount());
      const [first, second] = [await login(server.url, account), await login(server.url, account)];
      expect(first.key).not.toBe(second.key);
      expectOk(await first.get('/chat/messages'));
      expectOk(await second.get('/chat/messages'));
      expectOk(await first.post('/chat/auth/logout'));
      expectRefusal(await first.get('/chat/messages'), 401);
      expectOk(await second.get('/chat/messages'));
      expectOk(await (await login(server.url, account)).get('/chat/messages'));
    });

    it('of one user share one mailbox', async () => {
      const ann = await newPerson(server);
      const account = await mustRegister(server.url, newAccount());
      const [first, second] = [await login(server.url, account), await login(server.url, account)];
      expectOk(await ann.session.post(`/chat/${account.username}/send`, { message: 'once' }));
      expect(await drainTexts(second)).toEqual(['once']);
      expect(await drainTexts(first)).toEqual([]);
    });

    it('keep those of others apart: whose key signs, that user reads', async () => {
      const writer = await newPerson(server);
      const people = await Promise.all(Array.from({ length: 8 }, () => newPerson(server)));
      const send = (name: string) => writer.session.post(`/chat/${name}/send`, { message: `for ${name}` });
      for (const reply of await Promise.all(people.map(({ name }) => send(name)))) expectOk(reply);
      const read = await Promise.all(people.map(({ session }) => drainTexts(session)));
      expect(read).toEqual(people.map(({ name }) => [`for ${name}`]));
    });
  });

  describe('what one has just written', () => {
    it('counts in the next request: register, log in, be written to, read, 50 times', async () => {
      const writer = await newPerson(server);
      for (let round = 0; round < 50; round += 1) {
        const { name, session } = await newPerson(server);
        expectOk(await writer.session.post(`/chat/${name}/send`, { message: `hello ${round}` }));
        expect(await drainTexts(session)).toEqual([`hello ${round}`]);
      }
    });

    it('counts before anyone has written: register, log in, find both mailboxes empty, 30 times', async () => {
      for (let round = 0; round < 30; round += 1) {
        const { session } = await newPerson(server);
        expectBody(await session.get('/chat/messages'), { messages: [] });
        expectBody(await session.get('/chat/keyexchange'), { keys: [] });
      }
    });

    it('counts for others too: who has just registered can be written to before any login', async () => {
      const writer = await newPerson(server);
      const account = await mustRegister(server.url, newAccount());
      const { username } = account;
      expectOk(await writer.session.get(`/chat/${username}/publickey`));
      expectOk(await writer.session.post(`/chat/${username}/send`, { message: 'welcome' }));
      const session = await login(server.url, account);
      expect(await drainTexts(session)).toEqual(['welcome']);
    });
  });
}
