import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');

it('the bot ends with the server that has started it, also while it signs in', async () => {
  // Takes the connection, and says nothing.
  const server = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  const bot = [
    '--import',
    'tsx',
    'examples/echo-bot/main.ts',
    url,
    'echo',
    join(tmpdir(), `no-echo-${process.pid}`),
  ];
  for (const when of ['at once', 'at its first request']) {
    const asked = once(server, 'connection');
    const child = spawn(process.execPath, bot, { cwd: ROOT, stdio: ['pipe', 'ignore', 'inherit', 'ipc'] });
    const gone = once(child, 'exit');
    child.stdin?.end('correct horse battery\n');
    if (when !== 'at once') await asked;
    child.disconnect();
    expect(await gone).toEqual([0, null]);
  }
});
