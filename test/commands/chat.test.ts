import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ChatClient, createAccount, signIn } from '@secure-chat/client/chat-client';
import { type Stack, startStack } from '@secure-chat/stack/stack';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { KEYS, openProgram } from '../end-to-end/terminal-session.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'cli/bin/chat.js');
const PASSWORD = 'correct horse';

const eventually = <T>(check: () => T | Promise<T>): Promise<T> =>
  vi.waitFor(check, { timeout: 20_000, interval: 30 });

/** As a shell starts it, from another folder than its own. */
describe('the program chat', () => {
  let folder: string;
  let stack: Stack;
  let bob: ChatClient;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chat-program-'));
    stack = await startStack({
      dataDir: join(folder, 'data'),
      host: '127.0.0.1',
      port: 0,
      logLevel: 'silent',
    });
    await writeFile(join(folder, 'password'), `${PASSWORD}\n`);
    const account = (username: string) => ({
      server: stack.url,
      username,
      profile: join(folder, 'secure-chat', username),
      password: PASSWORD,
    });
    // The only profile in the folder of profiles: its name need not be given.
    await (await createAccount(account('alice'))).close();
    const elsewhere = { ...account('bob'), profile: join(folder, 'bob'), requests: 'accept' as const };
    bob = await createAccount(elsewhere);
  });
  afterAll(async () => {
    await bob.close();
    await stack.close();
    await rm(folder, { recursive: true });
  });

  const environment = () => ({ PATH: process.env.PATH, HOME: folder, XDG_DATA_HOME: folder });
  const start = (args: readonly string[], program: readonly string[] = [process.execPath, PROGRAM]) => {
    const [file = '', ...before] = program;
    const fd = openSync(join(folder, 'password'), 'r');
    const child = spawn(file, [...before, ...args, '--server', stack.url], {
      cwd: folder,
      env: environment(),
      stdio: ['pipe', 'pipe', 'pipe', fd],
    });
    closeSync(fd);
    return child;
  };
  const outcome = async (child: ChildProcess) => {
    let out = '';
    let errors = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    const [code, signal] = await once(child, 'close');
    return { code, signal, out, errors };
  };
  const done = (out = '') => ({ code: 0, signal: null, out, errors: '' });
  const received = (): string[] =>
    bob
      .messages('alice', { limit: 100 })
      .filter(({ state }) => state === 'received')
      .map(({ text }) => text);

  test('takes a message from a pipe, and the password from a descriptor', async () => {
    const child = start(['send', 'bob', '--delivered', '--password-fd', '3']);
    child.stdin?.end('hi\n');
    expect(await outcome(child)).toEqual(done());
    expect(received()).toContain('hi');
  });

  test('ends well when its reader has gone', async () => {
    const child = start(['tail', '--password-fd', '3']);
    bob.send('alice', 'one');
    child.stderr?.resume();
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    bob.send('alice', 'two');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('tail ends with 0 by %s', async (signal) => {
    const child = start(['tail', '--json', '--password-fd', '3']);
    const ending = outcome(child);
    bob.send('alice', signal);
    await once(child.stdout ?? child, 'data');
    child.kill(signal);
    const { code, out } = await ending;
    expect(code).toBe(0);
    const texts = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).text);
    expect(texts).toContain(signal);
  });

  test('takes the password from the keyring', async () => {
    const tool = join(folder, 'secret-tool');
    await writeFile(
      tool,
      `#!/bin/sh\n[ "$1 $5" = "lookup ${folder}/secure-chat/alice" ] && printf '${PASSWORD}'\n`,
    );
    await chmod(tool, 0o755);
    const [sh, ...rest] = ['/usr/bin/env', `PATH=${folder}:${process.env.PATH}`, process.execPath, PROGRAM];
    const child = start(['contacts', '--keyring'], [sh, ...rest]);
    expect(await outcome(child)).toEqual(done(expect.stringMatching(/^bob\tonline\t\d+\tunverified\n$/)));
  });

  test('deletes an account with its profile, and nobody gets the name again', async () => {
    const dave = ['--username', 'dave', '--password-fd', '3'];
    expect((await outcome(start(['register', ...dave]))).code).toBe(0);
    expect(await outcome(start(['delete-account', 'dave', '--remove-profile', ...dave]))).toEqual({
      ...done(),
      errors: 'chat: The account dave is deleted.\n',
    });
    expect(existsSync(join(folder, 'secure-chat', 'dave'))).toBe(false);
    expect(await outcome(start(['register', ...dave]))).toMatchObject({
      code: 1,
      errors: 'chat: That user name is taken by somebody else. Choose another one.\n',
    });
  });

  test('asks for the password at the terminal, and does not show it', async () => {
    const args = ['register', '--username', 'carol', '--server', stack.url];
    const session = openProgram(PROGRAM, args, { XDG_DATA_HOME: folder }, 80, 24);
    try {
      await session.shows('New password of carol:');
      session.type(PASSWORD + KEYS.enter);
      await session.shows('The same once more:');
      session.type(PASSWORD + KEYS.enter);
      expect((await session.exited).exitCode).toBe(0);
      expect(session.screen()).not.toContain('horse');
    } finally {
      session.close();
    }
    const profile = join(folder, 'secure-chat', 'carol');
    await (await signIn({ server: stack.url, username: 'carol', profile, password: PASSWORD })).close();
  });

  test('npm run chat is the same, and gives its exit code', async () => {
    const npm = ['npm', 'run', '--silent', '--prefix', ROOT, 'chat', '--'];
    expect(await outcome(start(['send', 'bob', 'x', '--username', 'nobody'], npm))).toMatchObject({
      code: 3,
      out: '',
      errors: expect.stringMatching(/^chat: There is no terminal/),
    });
    const child = spawn(
      'npm',
      [...npm.slice(1), 'send', 'bob', 'by npm', '--username', 'alice'].concat([
        '--password-fd',
        '0',
        '--server',
        stack.url,
      ]),
      {
        cwd: folder,
        env: environment(),
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    child.stdin.end(`${PASSWORD}\n`);
    expect(await outcome(child)).toEqual(done());
    await eventually(() => expect(received()).toContain('by npm'));
  });
});
