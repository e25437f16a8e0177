import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createLogger } from '@secure-chat/service-kit/logger';
import { expect, it, onTestFinished, vi } from 'vitest';
import { lockDataFolder } from '../src/data-folder-lock.ts';
import { type Stack, startStack } from '../src/stack.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'stack-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'data');
}

function startProcess(dataDir: string): {
  child: ChildProcess;
  output: () => string;
  ready: () => Promise<void>;
} {
  const env = { ...process.env, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'silent' };
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ready = () => vi.waitFor(() => expect(output).toContain('is ready'), { timeout: 20_000 });
  return { child, output: () => output, ready };
}

const start = (dataDir: string, port = 0): Promise<Stack> =>
  startStack({
    dataDir,
    host: '127.0.0.1',
    port,
    logLevel: 'silent',
    loggerFor: (part) => createLogger(part, 'silent'),
  });

it('refuses a second system on the same folder with one line, until the first one is killed', async () => {
  const dataDir = dataFolder();
  const first = startProcess(dataDir);
  await first.ready();

  const second = startProcess(dataDir);
  expect(await once(second.child, 'close')).toEqual([1, null]);
  expect(second.output()).toBe(`secure-chat: cannot start: another secure-chat runs on ${dataDir}\n`);

  first.child.kill('SIGKILL');
  await once(first.child, 'close');
  await startProcess(dataDir).ready();
});

it('gives the folder back when the system closes, and when it cannot start', async () => {
  const dataDir = dataFolder();
  const first = await start(dataDir);
  await expect(start(dataDir)).rejects.toThrow(`another secure-chat runs on ${dataDir}`);
  expect((await fetch(`${first.url}/ready`)).status).toBe(200);
  await first.close();

  await expect(start(dataDir, 70_000)).rejects.toThrow(/port/);
  await (await start(dataDir)).close();
});

it('keeps one empty file, readable by its owner alone, in a folder that it makes', () => {
  const dataDir = dataFolder();
  const lock = lockDataFolder(dataDir);
  expect(readdirSync(dataDir)).toEqual(['stack.lock']);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'stack.lock'))).toMatchObject({ size: 0, mode: 0o100600 });
  lock.release();
  lockDataFolder(dataDir).release();
});
