import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@secure-chat/service-kit/logger';
import { startStack } from '@secure-chat/stack/stack';
import { expect, onTestFinished, test, vi } from 'vitest';
import { runAdmin } from '../../packages/admin/src/admin.ts';
import { mustRegister, newAccount } from '../contract/people.ts';
import { login, register, type V1Account } from '../v1-client/account.ts';

vi.setConfig({ testTimeout: 120_000 });

function folders(): { root: string; at: (name: string) => string } {
  const root = mkdtempSync(join(tmpdir(), 'backup-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return { root, at: (name) => join(root, name) };
}

async function admin(dataDir: string, ...args: string[]) {
  let said = '';
  const output = { write: (text: string) => (said += text) };
  const world = { env: { DATA_DIR: dataDir }, cwd: dataDir, stdout: output, stderr: output };
  return { code: await runAdmin(args, { ...world, confirm: async () => null }), said };
}

async function startSystem(dataDir: string) {
  const loggerFor = (part: string) => createLogger(part, 'silent');
  const stack = await startStack({ dataDir, host: '127.0.0.1', port: 0, logLevel: 'silent', loggerFor });
  onTestFinished(() => stack.close());
  return stack;
}

const waiting = async (url: string, account: V1Account): Promise<string[]> => {
  const session = await login(url, account);
  const { messages }: { messages: { message: string }[] } = JSON.parse(
    (await session.get('/chat/messages')).text,
  );
  return messages.map(({ message }) => message);
};

test('what a running system had acknowledged before a backup is there in what is restored from it', async () => {
  const { at } = folders();
  const stack = await startSystem(at('data'));
  const [alice, bob] = [
    await mustRegister(stack.url, newAccount()),
    await mustRegister(stack.url, newAccount()),
  ];
  const gone = await mustRegister(stack.url, newAccount());
  const session = await login(stack.url, alice);
  const send = async (message: string) =>
    expect((await session.post(`/chat/${bob.username}/send`, { message })).status).toBe(200);
  for (let number = 0; number < 20; number += 1) await send(`before ${number}`);
  expect((await admin(at('data'), 'delete', gone.username, '--yes')).code).toBe(0);

  let busy = true;
  const sending = (async () => {
    for (let number = 0; busy; number += 1) await send(`during ${number}`);
  })();
  const made = await admin(at('data'), 'backup', at('copy'));
  busy = false;
  await sending;
  expect(made).toMatchObject({ code: 0, said: expect.stringContaining('service.key is in it') });
  expect(readdirSync(at('copy')).toSorted()).toEqual([
    'auth.db',
    'backup.json',
    'event-log.db',
    'service.key',
  ]);
  for (const file of readdirSync(at('copy')))
    expect(statSync(join(at('copy'), file)).mode & 0o777).toBe(0o600);
  expect(statSync(at('copy')).mode & 0o777).toBe(0o700);

  expect((await admin(at('restored'), 'restore', at('copy'))).code).toBe(0);
  const restored = await startSystem(at('restored'));
  const messages = await waiting(restored.url, bob);
  const before = Array.from({ length: 20 }, (_, number) => `before ${number}`);
  const during = messages.slice(20).map((_, number) => `during ${number}`);
  expect(messages).toEqual([...before, ...during]);
  // A session of then counts no more, and who was deleted stays so.
  const old = await fetch(`${restored.url}/chat/users`, { headers: session.headers() });
  expect(old.status).toBe(401);
  expect((await register(restored.url, gone)).status).toBe(400);
  const renewed = await login(restored.url, alice);
  expect((await renewed.get(`/chat/${bob.username}/publickey`)).status).toBe(200);
});

test('a user who registered between the two copies is published when the restored system starts', async () => {
  const { at } = folders();
  const stack = await startSystem(at('data'));
  await mustRegister(stack.url, newAccount());
  expect((await admin(at('data'), 'backup', at('early'))).code).toBe(0);
  const late = await mustRegister(stack.url, newAccount());
  expect((await admin(at('data'), 'backup', at('late'))).code).toBe(0);
  // The log of before, the accounts of after.
  rmSync(join(at('late'), 'event-log.db'));
  copyFileSync(join(at('early'), 'event-log.db'), join(at('late'), 'event-log.db'));

  expect((await admin(at('restored'), 'restore', at('late'))).code).toBe(0);
  const restored = await startSystem(at('restored'));
  const session = await login(restored.url, late);
  expect((await session.get(`/chat/${late.username}/publickey`)).status).toBe(200);
  expect((await session.post(`/chat/${late.username}/send`, { message: 'm' })).status).toBe(200);
});

test('a backup leaves the key out with --no-key, and overwrites nothing', async () => {
  const { at } = folders();
  await startSystem(at('data'));
  const without = await admin(at('data'), 'backup', at('copy'), '--no-key');
  expect(without).toMatchObject({ code: 0, said: expect.stringContaining('Not in it: the service key') });
  expect(readdirSync(at('copy'))).not.toContain('service.key');
  expect(await admin(at('data'), 'backup', at('copy'))).toMatchObject({
    code: 1,
    said: expect.stringContaining('is there already'),
  });
  expect((await admin(at('restored'), 'restore', at('copy'))).said).toContain(
    'Put the service key there first',
  );
  await expect(startSystem(at('restored'))).rejects.toThrow(
    `${join(at('restored'), 'service.key')} is missing`,
  );
  expect(readdirSync(at('restored'))).not.toContain('service.key');
});

test('a restore refuses a folder in use, what is no backup, and what is damaged, and leaves nothing behind', async () => {
  const { root, at } = folders();
  await startSystem(at('data'));
  await admin(at('data'), 'backup', at('copy'));
  expect(await admin(at('data'), 'restore', at('copy'))).toMatchObject({
    code: 1,
    said: expect.stringContaining('is not empty'),
  });
  expect(await admin(at('new'), 'restore', at('nowhere'))).toMatchObject({
    code: 1,
    said: expect.stringContaining('is no backup'),
  });
  writeFileSync(join(at('copy'), 'auth.db'), 'x'.repeat(5_000));
  expect(await admin(at('new'), 'restore', at('copy'))).toMatchObject({
    code: 1,
    said: expect.stringContaining('auth.db cannot be read'),
  });
  rmSync(join(at('copy'), 'auth.db'));
  expect(await admin(at('new'), 'restore', at('copy'))).toMatchObject({
    code: 1,
    said: expect.stringContaining('lacks its auth.db'),
  });
  expect(readdirSync(root).toSorted()).toEqual(['copy', 'data']);
});

test('a restore refuses a file that is not what its name says, whole as it may be', async () => {
  const { root, at } = folders();
  await startSystem(at('data'));
  await admin(at('data'), 'backup', at('copy'));
  const refused = async (name: string, text: string | Buffer, reason: string) => {
    const file = join(at('copy'), name);
    const before = readFileSync(file);
    writeFileSync(file, text);
    expect(await admin(at('new'), 'restore', at('copy'))).toMatchObject({
      code: 1,
      said: expect.stringContaining(`${name} ${reason}`),
    });
    writeFileSync(file, before);
  };
  await refused('event-log.db', '', 'is not what a backup has: it lacks topic, mailbox_record, event.');
  await refused('auth.db', '', 'is not what a backup has: it lacks accounts, sessions.');
  await refused('auth.db', readFileSync(join(at('copy'), 'event-log.db')), 'is not what a backup has');
  await refused('service.key', '', 'does not hold service keys');
  await refused('service.key', 'c0ffee', 'does not hold service keys');
  rmSync(join(at('copy'), 'service.key'));
  execFileSync('mkfifo', [join(at('copy'), 'service.key')]);
  expect(await admin(at('new'), 'restore', at('copy'))).toMatchObject({
    code: 1,
    said: expect.stringContaining('service.key is no regular file'),
  });
  expect(readdirSync(root).toSorted()).toEqual(['copy', 'data']);
});
