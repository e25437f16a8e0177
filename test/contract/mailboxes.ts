import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { login } from '../v1-client/account.ts';
import { openMessage, sealMessage, unwrapKey, wrapKey } from '../v1-client/end-to-end.ts';
import { member, textMember } from '../v1-client/reading.ts';
import { drainTexts, expectBody, expectOk, pollKeys, pollMessages } from './expectations.ts';
import { mustRegister, newAccount, newPerson, type Person } from './people.ts';
import type { ServerUnderTest } from './server-under-test.ts';

const OK = { status: 'OK' };
const MESSAGE_ID = /^[A-Za-z0-9_-]{16,64}$/;

export function describeMailboxes(server: ServerUnderTest): void {
  const send = async (from: Person, to: string, message: string) =>
    expectBody(await from.session.post(`/chat/${to}/send`, { message }), OK);
  const exchange = async (from: Person, to: string, encryptedKey: string) =>
    expectBody(
      // v1 names the sender in the body too; the server must go by the signature
      await from.session.post(`/chat/${to}/keyexchange`, { sender: 'eve', encrypted_key: encryptedKey }),
      OK,
    );
  const pair = async (): Promise<[Person, Person]> => [
    await newPerson(server, 'ann'),
    await newPerson(server),
  ];

  describe('mailboxes', () => {
    it('carry a v1 conversation: key exchange one way, messages both ways', async () => {
      const [ann, bob] = await pair();
      const pem = textMember(expectOk(await ann.session.get(`/chat/${bob.name}/publickey`)), 'public-key');
      const key = randomBytes(32);
      await exchange(ann, bob.name, wrapKey(pem, key));
      await send(ann, bob.name, sealMessage(key, 'hello Bob \u{1f44b}'));

      const [received] = await pollKeys(bob.session);
      const bobsKey = unwrapKey(bob.account.keys.privateKey, textMember(received, 'encrypted_key'));
      const [sealed = ''] = await drainTexts(bob.session);
      expect(openMessage(bobsKey, sealed)).toBe('hello Bob \u{1f44b}');
      await send(bob, ann.name, sealMessage(bobsKey, 'hello Ann'));
      const [answer = ''] = await drainTexts(ann.session);
      expect(openMessage(key, answer)).toBe('hello Ann');
    });

    it('hand out a message as type, sender, text and time, with an id beside them', async () => {
      const [ann, bob] = await pair();
      await send(ann, bob.name, 'hello');
      const [message, ...rest] = await pollMessages(bob.session);
      const timestamp = textMember(message, 'timestamp');
      expect(rest).toEqual([]);
      expect(message).toMatchObject({ type: 'CHAT_MESSAGE', sender: ann.name, message: 'hello' });
      expect(textMember(message, 'id')).toMatch(MESSAGE_ID);
      expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/);
      expect(Math.abs(Date.parse(timestamp) - Date.now())).toBeLessThan(10_000);
    });

    it('hand out a key with its sender, who is the one that signed', async () => {
      const [ann, bob] = await pair();
      await exchange(ann, bob.name, 'a2V5');
      const keys = await pollKeys(bob.session);
      expect(keys).toHaveLength(1);
      expect(keys[0]).toMatchObject({ sender: ann.name, encrypted_key: 'a2V5' });
    });

    it('deliver the id that the sender chose, on both topics', async () => {
      const [ann, bob] = await pair();
      for (const id of ['a'.repeat(16), `${'Z9_-'.repeat(16)}`]) {
        expectBody(await ann.session.post(`/chat/${bob.name}/send`, { message: 'm', id }), OK);
        expectBody(await ann.session.post(`/chat/${bob.name}/keyexchange`, { encrypted_key: 'k', id }), OK);
        expect((await pollMessages(bob.session)).map((record) => member(record, 'id'))).toContain(id);
        expect((await pollKeys(bob.session)).map((record) => member(record, 'id'))).toContain(id);
      }
    });

    it('deliver each record once to a client that reads it', async () => {
      const [ann, bob] = await pair();
      await send(ann, bob.name, 'one');
      await exchange(ann, bob.name, 'k1');
      expect(await pollMessages(bob.session)).toHaveLength(1);
      expectBody(await bob.session.get('/chat/messages'), { messages: [] });
      expect(await pollKeys(bob.session)).toHaveLength(1);
      expectBody(await bob.session.get('/chat/keyexchange'), { keys: [] });
      await send(ann, bob.name, 'two');
      expect(await drainTexts(bob.session)).toEqual(['two']);
    });

    it('keep messages and keys apart: reading one topic leaves the other', async () => {
      const [ann, bob] = await pair();
      await exchange(ann, bob.name, 'k');
      await send(ann, bob.name, 'm');
      expect(await drainTexts(bob.session)).toEqual(['m']);
      const keys = await pollKeys(bob.session);
      expect(keys.map((record) => textMember(record, 'encrypted_key'))).toEqual(['k']);
    });

    it('are read by their owner alone', async () => {
      const [ann, bob] = await pair();
      const carol = await newPerson(server, 'carol');
      await send(ann, bob.name, 'for Bob');
      await exchange(ann, bob.name, 'for Bob');
      for (const other of [ann, carol]) {
        expectBody(await other.session.get('/chat/messages'), { messages: [] });
        expectBody(await other.session.get('/chat/keyexchange'), { keys: [] });
      }
      expect(await drainTexts(bob.session)).toEqual(['for Bob']);
    });

    it('of users called key_bob, keys_bob and queue_bob are not those of bob', async () => {
      const ann = await newPerson(server);
      const bob = await newPerson(server, 'bob');
      for (const prefix of ['key_', 'keys_', 'queue_']) {
        const account = await mustRegister(server.url, { ...newAccount(), username: `${prefix}${bob.name}` });
        const session = await login(server.url, account);
        await exchange(ann, bob.name, 'secret');
        await send(ann, bob.name, 'text');
        expectBody(await session.get('/chat/messages'), { messages: [] });
        expectBody(await session.get('/chat/keyexchange'), { keys: [] });
        await send(ann, account.username, 'not for bob');
        expect(await drainTexts(bob.session)).toEqual(['text']);
        expect(await pollKeys(bob.session)).toMatchObject([{ encrypted_key: 'secret' }]);
      }
    });

    it('take what a user writes to herself', async () => {
      const ann = await newPerson(server);
      await send(ann, ann.name, 'note to self');
      await exchange(ann, ann.name, 'own key');
      expect(await pollMessages(ann.session)).toMatchObject([{ sender: ann.name, message: 'note to self' }]);
      expect(await pollKeys(ann.session)).toMatchObject([{ sender: ann.name, encrypted_key: 'own key' }]);
    });

    it.each([
      ['emoji', 'h\u00e9llo \u{1f469}\u200d\u{1f680} \u4f60\u597d'],
      ['control characters', 'a\u0000b\u001b[31mc\u007f\u2028\u2029\r\n'],
      ['quotes and backslashes', '"\\"\'\\u0041\\'],
      ['60,000 characters', 'x'.repeat(60_000)],
      ['JSON', '{"type":"CHAT_MESSAGE","sender":"eve"}'],
    ])('deliver %s as sent, escaped as Python does or in plain UTF-8', async (_, text) => {
      const [ann, bob] = await pair();
      await send(ann, bob.name, text);
      const plain = JSON.stringify({ message: text });
      expectBody(await ann.session.postRaw(`/chat/${bob.name}/send`, plain), OK);
      expect(await drainTexts(bob.session)).toEqual([text, text]);
    });

    it('keep 500 messages that wait, oldest first', async () => {
      const [ann, bob] = await pair();
      const texts = Array.from({ length: 500 }, (_, index) => `message ${index}`);
      for (const text of texts) await send(ann, bob.name, text);
      expect(await drainTexts(bob.session)).toEqual(texts);
    });

    it('keep the order of each of several senders who write at once', async () => {
      const bob = await newPerson(server);
      const senders = await Promise.all(['x', 'y', 'z'].map((prefix) => newPerson(server, prefix)));
      const texts = Array.from({ length: 20 }, (_, index) => String(index));
      await Promise.all(
        senders.map(async (sender) => {
          for (const text of texts) await send(sender, bob.name, `${sender.name} ${text}`);
        }),
      );
      const received = await drainTexts(bob.session);
      expect(received).toHaveLength(60);
      for (const { name } of senders) {
        const own = received.filter((text) => text.startsWith(`${name} `));
        expect(own).toEqual(texts.map((text) => `${name} ${text}`));
      }
    });

    it('keep key exchanges in order too', async () => {
      const [ann, bob] = await pair();
      const sent = Array.from({ length: 30 }, (_, index) => `key ${index}`);
      for (const key of sent) await exchange(ann, bob.name, key);
      const keys = await pollKeys(bob.session);
      expect(keys.map((record) => textMember(record, 'encrypted_key'))).toEqual(sent);
    });
  });
}
