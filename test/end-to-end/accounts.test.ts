import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { startStack } from '@secure-chat/stack/stack';
import { expect, onTestFinished, test, vi } from 'vitest';
import { KEYS, openTui } from './terminal-session.ts';

vi.setConfig({ testTimeout: 240_000 });

const ROOT = resolve(import.meta.dirname, '../..');
const PASSWORD = 'correct horse';

test('in a terminal: register with an invitation, delete the account, and remove what is left of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'account-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const dataDir = join(folder, 'data');
  const stack = await startStack({
    dataDir,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'silent',
    registration: 'invite',
  });
  onTestFinished(() => stack.close());
  const admin = spawn('npm', ['run', '--silent', 'admin', '--', 'invite'], {
    cwd: ROOT,
    env: { ...process.env, DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [code] = await Promise.all([text(admin.stdout), once(admin, 'close')]);

  const args = ['--server', stack.url, '--username', 'alice'];
  const tui = openTui(args, { XDG_DATA_HOME: folder }, 80, 24);
  onTestFinished(() => tui.close());
  await tui.shows('Create an account', 'alice');
  tui.type(PASSWORD + KEYS.enter);
  tui.type(PASSWORD + KEYS.enter);
  await tui.shows('This server wants an invitation.', '▸ Invite');
  tui.type(`ABCD${KEYS.enter}`);
  await tui.shows('This code does not count');
  tui.type(`\x15${code.trim()}${KEYS.enter}`);
  await tui.shows('● online', '│ alice │');
  const profile = join(folder, 'secure-chat', 'alice', 'profile.db');
  expect(existsSync(profile)).toBe(true);

  tui.type(`/delete-account${KEYS.enter}`);
  await tui.shows('Delete the account alice', 'For ever');
  tui.type(`alice${KEYS.enter}`);
  tui.type(PASSWORD + KEYS.enter);
  await tui.shows('The account alice is deleted.', 'y remove them');
  tui.type('y');
  await tui.shows('Create an account', 'its profile removed');
  expect(existsSync(profile)).toBe(false);
  tui.type(KEYS.ctrlC + KEYS.ctrlC);
  expect((await tui.exited).exitCode).toBe(0);
});
