import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ChatClient, createAccount } from '@secure-chat/client/chat-client';
import { startStack } from '@secure-chat/stack/stack';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const PASSWORD = 'correct horse battery';

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

it('the bot answers what came while it was away, with notes between', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'secure-chat-echo-bot-'));
  const options = { dataDir: join(folder, 'data'), host: '127.0.0.1', port: 0, logLevel: 'fatal' } as const;
  const stack = await startStack(options);
  const enter = (username: string): Promise<ChatClient> =>
    createAccount({
      server: stack.url,
      username,
      password: PASSWORD,
      profile: join(folder, username),
      requests: 'accept',
    });
  const [ada, echo] = await Promise.all([enter('ada'), enter('echo')]);
  onTestFinished(async () => {
    await ada.close();
    await stack.close();
    await rm(folder, { recursive: true });
  });
  const arrived = new Promise<void>((resolve) => {
    echo.on((event) => event.kind === 'message' && event.message.state === 'note' && resolve());
  });
  await ada.addContact('echo');
  ada.send('echo', 'one');
  ada.setTimer('echo', 3_600);
  await arrived;
  await echo.close();
  const answers = new Promise<string>((resolve) => {
    ada.on((event) => {
      if (event.kind === 'message' && event.message.state === 'received') resolve(event.message.text);
    });
  });
  const args = ['--import', 'tsx', 'examples/echo-bot/main.ts', stack.url, 'echo', join(folder, 'echo')];
  const bot = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'ignore', 'inherit'] });
  onTestFinished(() => void bot.kill('SIGKILL'));
  bot.stdin?.end(PASSWORD);
  expect(await answers).toBe('one');
  bot.kill('SIGTERM');
  expect(await once(bot, 'exit')).toEqual([0, null]);
}, 60_000);
