import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Logger } from '@secure-chat/service-kit/logger';

/** The bot that `npm start` brings up, so that a newcomer has somebody to talk to. */
export interface Echo {
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

const USERNAME = 'echo';
const REPOSITORY = resolve(import.meta.dirname, '../../..');
/** A client as any other, in a process of its own: none of the server side may know how messages are read. */
const BOT = 'examples/echo-bot/main.ts';
/** Milliseconds after which it is killed; the whole process has 4.5 s to end. */
const STOP_MS = 2_000;
/** Characters of what it says at its end that are logged. */
const SAID_MAX = 2_000;

/**
 * Starts it beside a server that is ready. Its profile and its password (0600, made at the first start) lie in `echo` in the data
 * folder. Never throws: what goes wrong with it is a warning.
 */
export function startEcho(options: { dataDir: string; server: string; logger: Logger }): Echo {
  const { dataDir, server, logger } = options;
  try {
    return start(join(dataDir, 'echo'), server, logger);
  } catch (error) {
    logger.warn({ err: error }, 'the bot echo cannot be started');
    return { stop: async () => undefined };
  }
}

function start(folder: string, server: string, logger: Logger): Echo {
  const password = passwordIn(folder);
  // The server is on this machine, whatever address it listens on.
  const args = [...process.execArgv, BOT, server, USERNAME, join(folder, 'profile'), '--insecure-http'];
  // It ends with this process, however that ends: then the channel closes. The settings and secrets of the server are not its.
  const child = spawn(process.execPath, args, {
    cwd: REPOSITORY,
    env: {},
    stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
  });
  let stopping = false;
  const said = child.stderr ? text(child.stderr).catch(() => '') : '';
  const gone = once(child, 'exit').then(async ([code, signal]) => {
    const ended = stopping || code === 0 || signal === 'SIGINT' || signal === 'SIGTERM';
    if (!ended)
      logger.warn({ code, signal, said: (await said).slice(0, SAID_MAX) }, 'the bot echo has ended');
  });
  const over = gone.catch((error: unknown) => logger.warn({ err: error }, 'the bot echo cannot be started'));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(password);
  return {
    async stop() {
      stopping = true;
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await over;
      clearTimeout(late);
    },
  };
}

/** Of the profile; made when there is none. */
function passwordIn(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'password');
  const known = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (known !== '') return known;
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, `${password}\n`, { mode: 0o600, flush: true });
  return password;
}
