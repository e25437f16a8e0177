import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { createLogger } from '@secure-chat/service-kit/logger';
import { startStack } from '@secure-chat/stack/stack';
import { expect, onTestFinished, test, vi } from 'vitest';
import { mustRegister, newAccount } from '../contract/people.ts';
import { startServiceProcess } from '../contract/service-process.ts';
import { login } from '../v1-client/account.ts';

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
  await auth.stop();
  expect((await npmRunAdmin(dataDir, 'users')).code).toBe(3);
});
