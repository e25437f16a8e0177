import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatClient, createAccount } from '@secure-chat/client/chat-client';
import { createLogger } from '@secure-chat/service-kit/logger';
import { type Stack, startStack } from '@secure-chat/stack/stack';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { login, register, type V1Account } from '../v1-client/account.ts';
import { openMessage, sealMessage, unwrapKey, wrapKey } from '../v1-client/end-to-end.ts';
import { newKeyPair } from '../v1-client/primitives.ts';
import { bodyOf, listOf, member, textMember } from '../v1-client/reading.ts';

const PASSWORD = 'canary-password-7391';
/** Cheap enough for a test; the real cost has its own. */
const QUICK = {
  kdfCost: { memoryKib: 64, passes: 1, lanes: 1 },
  timing: { pollMs: 50, retryMs: 50, retryMaxMs: 200, graceMs: 1_000, upkeepMs: 60_000 },
};

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 });
const lines = (client: ChatClient, contact: string): string[] =>
  client.messages(contact, { limit: 100 }).map(({ sender, state, text }) => `${sender} ${state} ${text}`);

describe('our client', () => {
  let folder: string;
  let stack: Stack;
  let clients: ChatClient[];
  let logs: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clients-'));
    clients = [];
    logs = '';
    const write = (line: string): void => {
      logs += line;
    };
    stack = await startStack({
      dataDir: join(folder, 'data'),
      host: '127.0.0.1',
      port: 0,
      logLevel: 'trace',
      loggerFor: (part) => createLogger(part, 'trace', { write }),
    });
  });
  afterEach(async () => {
    for (const client of clients) await client.close();
    await stack.close();
    await rm(folder, { recursive: true });
  });

  const enrol = async (username: string): Promise<ChatClient> => {
    const profile = join(folder, 'profiles', username);
    const client = await createAccount({ server: stack.url, profile, username, password: PASSWORD }, QUICK);
    clients.push(client);
    return client;
  };
  const joinV1 = async (username: string) => {
    const account: V1Account = { username, password: 'v1 password', keys: newKeyPair() };
    expect((await register(stack.url, account)).status).toBe(200);
    return { account, session: await login(stack.url, account) };
  };

  test('when both write at once, every message is readable on both sides', async () => {
    const [ada, ben] = await Promise.all([enrol('ada'), enrol('ben')]);
    for (const round of [1, 2, 3]) {
      ada.send('ben', `from ada ${round}`);
      ben.send('ada', `from ben ${round}`);
    }
    await eventually(() => {
      for (const round of [1, 2, 3]) {
        expect(lines(ada, 'ben')).toContain(`ben received from ben ${round}`);
        expect(lines(ben, 'ada')).toContain(`ada received from ada ${round}`);
        expect(lines(ada, 'ben')).toContain(`ada sent from ada ${round}`);
      }
    });
    expect(lines(ada, 'ben')).toHaveLength(6);
    expect(lines(ben, 'ada')).toHaveLength(6);
  });

  test('writes first to a client that we did not write, and reads its answer', async () => {
    const ada = await enrol('ada');
    const { account, session } = await joinV1('veteran');
    ada.send('veteran', 'hello, veteran 👋');

    let key: Buffer = Buffer.alloc(0);
    await eventually(async () => {
      const [exchange] = listOf(member(bodyOf(await session.get('/chat/keyexchange')), 'keys'));
      expect(textMember(exchange, 'sender')).toBe('ada');
      key = unwrapKey(account.keys.privateKey, textMember(exchange, 'encrypted_key'));
    });
    await eventually(async () => {
      const [message] = listOf(member(bodyOf(await session.get('/chat/messages')), 'messages'));
      expect(openMessage(key, textMember(message, 'message'))).toBe('hello, veteran 👋');
    });
    await session.post('/chat/ada/send', { message: sealMessage(key, 'hello, ada') });
    await eventually(() => expect(lines(ada, 'veteran')).toContain('veteran received hello, ada'));
  });

  test('answers a client that we did not write under the key that it made', async () => {
    const ada = await enrol('ada');
    const { session } = await joinV1('veteran');
    const key = Buffer.alloc(32, 7);
    const adaPem = textMember(bodyOf(await session.get('/chat/ada/publickey')), 'public-key');
    await session.post('/chat/ada/keyexchange', { sender: 'veteran', encrypted_key: wrapKey(adaPem, key) });
    await session.post('/chat/ada/send', { message: sealMessage(key, 'first') });
    await eventually(() => expect(lines(ada, 'veteran')).toContain('veteran received first'));

    ada.send('veteran', 'second');
    await eventually(async () => {
      const [message] = listOf(member(bodyOf(await session.get('/chat/messages')), 'messages'));
      expect(openMessage(key, textMember(message, 'message'))).toBe('second');
    });
    expect(listOf(member(bodyOf(await session.get('/chat/keyexchange')), 'keys'))).toEqual([]);
  });

  test('leaves no text, password or key of a person in any file or log of the servers, nor in a profile', async () => {
    const [ada, ben] = await Promise.all([enrol('ada'), enrol('ben')]);
    ada.send('ben', 'canary-text-5512');
    await eventually(() => expect(lines(ben, 'ada')).toEqual(['ada received canary-text-5512']));

    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    const contents = await Promise.all(
      files.filter((file) => file.isFile()).map((file) => readFile(join(file.parentPath, file.name))),
    );
    expect(contents.length).toBeGreaterThan(5);
    for (const canary of ['canary-text-5512', PASSWORD]) {
      for (const form of [
        canary,
        Buffer.from(canary).toString('hex'),
        Buffer.from(canary).toString('base64'),
      ]) {
        for (const content of contents) expect(content.includes(form)).toBe(false);
        expect(logs).not.toContain(form);
      }
    }
  });
});
