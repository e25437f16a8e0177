import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger } from '@secure-chat/service-kit/logger';
import { startStack } from '@secure-chat/stack/stack';
import { expect, onTestFinished, test, vi } from 'vitest';
import { expectOk, expectRefusal } from '../contract/expectations.ts';
import { mustRegister, newAccount } from '../contract/people.ts';
import { startServiceProcess } from '../contract/service-process.ts';
import { login, register } from '../v1-client/account.ts';

// A command is two processes to start, beside the system.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = resolve(import.meta.dirname, '../..');

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'admin-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** `npm run admin -- ...` as a person calls it, with nobody at the terminal. */
async function npmRunAdmin(dataDir: string, ...args: string[]) {
  const child = spawn('npm', ['run', '--silent', 'admin', '--', ...args], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code, stdout, stderr };
}

async function startSystem(dataDir: string) {
  const lines: string[] = [];
  const stack = await startStack({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'warn',
    loggerFor: (part) => createLogger(part, 'warn', { write: (line) => void lines.push(line) }),
  });
  onTestFinished(() => stack.close());
  return { stack, logged: () => lines.join('') };
}

test('npm run admin -- users lists who is on the system of npm start, and the log says that it was asked', async () => {
  const dataDir = dataFolder();
  const { stack, logged } = await startSystem(dataDir);
  const account = await mustRegister(stack.url, newAccount());
  await login(stack.url, account);

  const { code, stdout } = await npmRunAdmin(dataDir, 'users', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    users: [
      expect.objectContaining({
        username: account.username,
        sessions: 1,
        suspendedAt: null,
        deletedAt: null,
      }),
    ],
  });
  expect(logged()).toContain('"command":"GET /users"');

  await stack.close();
  const after = await npmRunAdmin(dataDir, 'users');
  expect([after.code, after.stderr]).toEqual([3, expect.stringContaining('Nothing runs on')]);
});

test('npm run admin asks auth where the services run apart', async () => {
  const dataDir = dataFolder();
  const auth = await startServiceProcess('services/auth', { DATA_DIR: dataDir });
  onTestFinished(() => auth.kill());
  expect(await npmRunAdmin(dataDir, 'users')).toEqual({
    code: 0,
    stdout: 'NAME   REGISTERED   LAST SEEN   SESSIONS   STATE\n',
    stderr: '',
  });
  const stats = await npmRunAdmin(dataDir, 'stats', '--json');
  expect(JSON.parse(stats.stdout)).toMatchObject({ online: null, ready: { auth: true }, waiting: 0 });
  await auth.stop();
  expect((await npmRunAdmin(dataDir, 'users')).code).toBe(3);
});

test('npm run admin -- stats says who is on the system of npm start, what it has, and that every part is ready', async () => {
  const dataDir = dataFolder();
  const { stack } = await startSystem(dataDir);
  const account = await mustRegister(stack.url, newAccount());
  const session = await login(stack.url, account);
  expectOk(await session.get('/chat/users'));
  expectOk(await session.post(`/chat/${account.username}/send`, { message: 'to myself' }));

  const { code, stdout } = await npmRunAdmin(dataDir, 'stats', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    version: '0.1.0',
    node: process.version,
    uptime: expect.any(Number),
    users: 1,
    suspended: 0,
    deleted: 0,
    sessions: 1,
    online: expect.any(Number),
    ready: { auth: true, directory: true, relay: true, gateway: true },
    storage: { eventLog: 'embedded', database: 'sqlite' },
    bytes: { eventLog: expect.any(Number), auth: expect.any(Number), directory: expect.any(Number) },
    waiting: 1,
  });
});

test('npm run admin -- suspend, delete and invite do what they say on a system that runs', async () => {
  const dataDir = dataFolder();
  const { stack } = await startSystem(dataDir);
  const account = await mustRegister(stack.url, newAccount());
  const session = await login(stack.url, account);
  expectOk(await session.get('/chat/users'));

  const suspended = await npmRunAdmin(dataDir, 'suspend', account.username);
  expect(suspended).toMatchObject({ code: 0, stdout: expect.stringContaining('is suspended') });
  await vi.waitFor(async () => expectRefusal(await session.get('/chat/users'), 401));
  await expect(login(stack.url, account)).rejects.toThrow('suspended');

  const unsure = await npmRunAdmin(dataDir, 'delete', account.username);
  expect([unsure.code, unsure.stderr]).toEqual([2, expect.stringContaining('Give --yes.')]);
  const deleted = await npmRunAdmin(dataDir, 'delete', account.username, '--yes');
  expect(deleted).toMatchObject({ code: 0, stdout: expect.stringContaining('is deleted') });
  expectRefusal(await register(stack.url, account), 400);
  const gone = await npmRunAdmin(dataDir, 'delete', account.username, '--yes');
  expect([gone.code, gone.stdout]).toEqual([1, '']);

  const { code, stdout } = await npmRunAdmin(dataDir, 'invite', '--uses', '2', '--days', '3');
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}\n$/)]);
  expect((await npmRunAdmin(dataDir, 'invites')).stdout).toContain('0 of 2');
});
