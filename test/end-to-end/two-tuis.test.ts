import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stack, startStack } from '@secure-chat/stack/stack';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KEYS, openTui, type TerminalSession } from './terminal-session.ts';

const PASSWORD = 'correct horse';
/** 2,000 characters that differ everywhere, so that a lost or doubled piece is seen. */
const LONG = Array.from({ length: 400 }, (_, index) => `w${String(index).padStart(3, '0')} `).join('');

describe('two people in two terminals', () => {
  let folder: string;
  let stack: Stack;
  let sessions: TerminalSession[];

  const start = (port: number) =>
    startStack({ dataDir: join(folder, 'data'), host: '127.0.0.1', port, logLevel: 'silent' });
  const open = (username: string, columns: number, rows: number): TerminalSession => {
    const args = ['--server', stack.url, '--username', username];
    const session = openTui(args, { XDG_DATA_HOME: join(folder, username) }, columns, rows);
    sessions.push(session);
    return session;
  };
  const createAccount = async (username: string, columns: number, rows: number): Promise<TerminalSession> => {
    const session = open(username, columns, rows);
    await session.shows('Create an account', username);
    session.type(PASSWORD + KEYS.enter);
    session.type(PASSWORD + KEYS.enter);
    await session.shows('● online', 'Your account lives in', `│ ${username} │`);
    return session;
  };
  const signIn = async (username: string, password = PASSWORD): Promise<TerminalSession> => {
    const session = open(username, 80, 24);
    await session.shows('Sign in', username);
    session.type(password + KEYS.enter);
    return session;
  };
  const quit = async (session: TerminalSession): Promise<void> => {
    session.type(`/quit${KEYS.enter}`);
    expect((await session.exited).exitCode).toBe(0);
    await session.isRestored();
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'two-tuis-'));
    sessions = [];
    stack = await start(0);
  });
  afterEach(async () => {
    for (const session of sessions) session.close();
    await stack.close();
    await rm(folder, { recursive: true });
  });

  test('register, find each other, chat both ways, leave, come back, and still see the history', async () => {
    const alice = await createAccount('alice', 80, 24);
    const bob = await createAccount('bob', 120, 40);

    alice.type(`/contact bob${KEYS.enter}`);
    await alice.shows(/▸. bob/);
    alice.type(`hello bob 👩‍🚀 日本語${KEYS.enter}`);
    await alice.shows('hello bob 👩‍🚀 日本語', '✓');
    await bob.shows('1 request');
    bob.type(KEYS.tab);
    await bob.shows('alice is no contact of yours', 'hello bob 👩‍🚀 日本語');

    bob.type('hi alixe');
    bob.type(KEYS.left + KEYS.left + KEYS.delete);
    bob.type(`c${KEYS.end} 🎉${KEYS.enter}`);
    await alice.shows('hi alice 🎉');

    bob.paste(LONG);
    bob.type(KEYS.enter);
    await bob.shows('w399');
    await alice.shows('w399');
    alice.type(KEYS.pageUp.repeat(3));
    await alice.shows('hi alice 🎉', 'w000');
    alice.resize(120, 60);
    await alice.shows('w000', 'w399', 'hello bob');
    alice.resize(80, 24);
    alice.type(KEYS.pageDown.repeat(3));
    await alice.shows('w399');

    bob.paste('first line\nsecond line');
    bob.type(KEYS.enter);
    await alice.shows(/first line\s.*\n.*second line/);

    await quit(alice);
    await quit(bob);

    const again = await signIn('alice');
    await again.shows('● online', /▸. bob/, 'second line');
    again.type(KEYS.pageUp.repeat(4));
    await again.shows('hello bob 👩‍🚀 日本語');
  }, 90_000);

  test('a server that goes away is shown, what was typed stays, and what was sent arrives when it is back', async () => {
    const alice = await createAccount('alice', 80, 24);
    const bob = await createAccount('bob', 80, 24);
    alice.type(`/contact bob${KEYS.enter}`);
    await alice.shows(/▸. bob/);

    const { port } = new URL(stack.url);
    await stack.close();
    await alice.shows('offline');
    alice.type(`written while away${KEYS.enter}`);
    await alice.shows('written while away', 'waiting …');
    alice.type('not sent yet');

    stack = await start(Number(port));
    await alice.shows('● online', 'written while away', '✓', 'not sent yet');
    await bob.shows('1 request');
    bob.type(KEYS.tab);
    await bob.shows('written while away');
  }, 90_000);

  test('a wrong password is refused clearly, and the right one still works', async () => {
    await quit(await createAccount('alice', 80, 24));
    const session = await signIn('alice', 'wrong horse!');
    await session.shows(/password/i, /wrong|does not/i);
    session.type(`\x15${PASSWORD}${KEYS.enter}`);
    await session.shows('● online');
    session.type(`/logout${KEYS.enter}`);
    await session.shows('Sign in');
  }, 60_000);

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s gives the terminal back', async (signal, exitCode) => {
    const session = open('alice', 80, 24);
    await session.shows('Create an account');
    expect(session.isTaken()).toBe(true);
    session.kill(signal);
    expect((await session.exited).exitCode).toBe(exitCode);
    await session.isRestored();
  });

  test('without a terminal, or with wrong options, one readable line and exit code 1', async () => {
    const session = openTui(['--server', 'nonsense', '--profile', '', '--username', '../bob'], {}, 100, 24);
    sessions.push(session);
    expect((await session.exited).exitCode).toBe(1);
    await session.shows('--server must be an http(s) address', '--profile must be');
    expect(session.screen()).toContain('--username must be');
  });
});
