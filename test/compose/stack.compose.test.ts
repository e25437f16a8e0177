import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChatClient, createAccount, signIn } from '@secure-chat/client/chat-client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { login, register, type V1Account } from '../v1-client/account.ts';
import { newKeyPair } from '../v1-client/primitives.ts';
import type { V1Session } from '../v1-client/session.ts';
import { type ComposeStack, composeStack } from './compose-stack.ts';
import { describeHardening } from './hardening.ts';

const PASSWORD = 'correct horse battery';
/** Cheap enough for a test. */
const QUICK = {
  kdfCost: { memoryKib: 64, passes: 1, lanes: 1 },
  timing: { pollMs: 50, retryMs: 50, retryMaxMs: 200, graceMs: 5_000, upkeepMs: 60_000 },
};

const eventually = (check: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(check, { timeout: 120_000, interval: 50 });

/** Texts in this state; what was delivered or read was also sent. */
const texts = (client: ChatClient, contact: string, state: 'queued' | 'sent' | 'received'): string[] =>
  client
    .messages(contact, { limit: 1_000 })
    .filter((message) => (/^(delivered|read)$/.test(message.state) ? 'sent' : message.state) === state)
    .map(({ text }) => text);

const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${name} ${index + 1}`);

/** How many connections from other containers a relay has: only a gateway makes any. */
async function callersOf(stack: ComposeStack, relay: string): Promise<number> {
  const sockets = await stack.docker('exec', relay, 'cat', '/proc/net/tcp');
  const PORT_8003_ESTABLISHED = /^ *\d+: [0-9A-F]{8}:1F43 ([0-9A-F]{8}):[0-9A-F]{4} 01 /gm;
  const FROM_ITSELF = '0100007F';
  return [...sockets.matchAll(PORT_8003_ESTABLISHED)].filter(([, peer]) => peer !== FROM_ITSELF).length;
}

/** One story, told in order: each test goes on where the one before it stopped. */
describe('docker compose', () => {
  let folder: string;
  let stack: ComposeStack;
  const clients = new Map<string, ChatClient>();
  let veteran: V1Session;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'secure-chat-compose-'));
    stack = await composeStack();
    await stack.up('--build');
  });
  afterAll(async () => {
    for (const client of clients.values()) await client.close();
    await stack.remove();
    await rm(folder, { recursive: true });
  });

  const options = (username: string) => ({
    server: stack.url,
    profile: join(folder, username),
    username,
    password: PASSWORD,
    requests: 'accept' as const,
  });
  const enrol = async (username: string): Promise<ChatClient> => {
    const client = await createAccount(options(username), QUICK);
    clients.set(username, client);
    return client;
  };
  const comeBack = async (username: string): Promise<ChatClient> => {
    const client = await signIn(options(username), QUICK);
    clients.set(username, client);
    return client;
  };
  const client = (username: string): ChatClient => {
    const found = clients.get(username);
    if (!found) throw new Error(`${username} is not there`);
    return found;
  };

  test('is a chat, both ways', async () => {
    const [ada, ben] = await Promise.all([enrol('ada'), enrol('ben')]);
    ada.send('ben', 'Is the new build up?');
    await eventually(() => expect(texts(ben, 'ada', 'received')).toEqual(['Is the new build up?']));
    ben.send('ada', 'Since ten minutes. 好!');
    await eventually(() => expect(texts(ada, 'ben', 'received')).toEqual(['Since ten minutes. 好!']));
    expect(texts(ada, 'ben', 'sent')).toHaveLength(1);
  });

  test('serves a client that was written from the contract alone', async () => {
    const account: V1Account = { username: 'veteran', password: 'v1 password', keys: newKeyPair() };
    expect((await register(stack.url, account)).status).toBe(200);
    veteran = await login(stack.url, account);
    expect((await veteran.get('/chat/users')).status).toBe(200);
  });

  describeHardening(() => stack);

  test('has three relays when it is told so, and the gateway uses them all', async () => {
    await stack.up('--no-recreate', '--scale', 'relay=3');
    const relays = await stack.containers('relay');
    expect(relays).toHaveLength(3);
    // ada and ben poll all the time.
    await eventually(async () => {
      for (const relay of relays) expect(await callersOf(stack, relay)).toBeGreaterThan(0);
    });
  });

  test('loses nothing, doubles nothing and keeps the order when a relay is killed under load', async () => {
    const COUNT = 150;
    const senders = ['cleo', 'dora', 'emil'];
    const ben = client('ben');
    await Promise.all(senders.map(enrol));
    const statuses = new Set<number>();
    let watching = true;
    const watch = (async () => {
      while (watching) statuses.add((await fetch(`${stack.url}/ready`)).status);
    })();

    for (const name of senders) for (const text of numbered(name, COUNT)) client(name).send('ben', text);
    await eventually(() => expect(texts(ben, 'cleo', 'received').length).toBeGreaterThan(10));
    const [victim = ''] = await stack.containers('relay');
    await stack.docker('kill', victim);
    const left = senders.reduce((sum, name) => sum + texts(client(name), 'ben', 'queued').length, 0);
    expect(left).toBeGreaterThan(0);

    for (const name of senders)
      await eventually(() => expect(texts(client(name), 'ben', 'sent')).toEqual(numbered(name, COUNT)));
    for (const name of senders)
      await eventually(() => expect(texts(ben, name, 'received')).toEqual(numbered(name, COUNT)));
    watching = false;
    await watch;
    expect([...statuses]).toEqual([200]);
    expect(await stack.containers('relay')).toHaveLength(2);
  });

  test.each([
    ['PostgreSQL', ['--profile', 'postgres'], ['postgres']],
    [
      'three brokers',
      ['-f', 'docker-compose.yml', '-f', 'compose.cluster.yml'],
      ['kafka-1', 'kafka-2', 'kafka-3'],
    ],
  ])('has a sound configuration with %s', async (_, options, more) => {
    const services = await stack.compose(...options, 'config', '--services');
    expect(services.split('\n')).toEqual(expect.arrayContaining([...more, 'gateway', 'relay']));
    expect(await stack.compose(...options, 'config')).toContain('read_only: true');
  });

  test('keeps accounts, sessions and waiting messages when it is stopped and started again', async () => {
    const ada = client('ada');
    await client('ben').close();
    ada.send('ben', 'for tomorrow');
    await eventually(() => expect(texts(ada, 'ben', 'sent')).toContain('for tomorrow'));
    for (const each of clients.values()) await each.close();
    clients.clear();

    const services = await Promise.all(['auth', 'directory', 'relay', 'gateway'].map(stack.containers));
    await stack.compose('stop');
    const ends = await stack.docker('inspect', '--format', '{{.State.ExitCode}}', ...services.flat());
    expect(ends).toBe('0\n'.repeat(5));
    await stack.compose('down');
    expect(await stack.compose('ps', '--all', '--quiet')).toBe('');
    await stack.up();

    expect((await veteran.get('/chat/users')).status).toBe(200);
    const ben = await comeBack('ben');
    await eventually(() => expect(texts(ben, 'ada', 'received')).toContain('for tomorrow'));
    const adaAgain = await comeBack('ada');
    ben.send('ada', 'it is tomorrow');
    await eventually(() => expect(texts(adaAgain, 'ben', 'received')).toContain('it is tomorrow'));
    for (const name of ['cleo', 'dora', 'emil']) expect(texts(ben, name, 'received')).toHaveLength(150);
  });
});
