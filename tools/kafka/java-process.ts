import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Becomes java, with a watcher beside it that reads a pipe whose other end this process holds. When this process ends, by
 * whatever signal, the pipe closes and the watcher kills java; SIGKILL ends a stopped process, too. Once java is gone,
 * node closes the pipe, and so the watcher ends with it.
 */
const GUARDED = 'exec 3<&0; (cat <&3 >/dev/null 2>&1; kill -9 $$ 2>/dev/null) & exec "$@" </dev/null 3<&-';

/** How long a program may take to end by itself; a broker hands its partitions over meanwhile. */
const STOP_TIMEOUT_MS = 20_000;

/** Start-up is 3 to 10 s; with both cores busy elsewhere several times that. */
const START_TIMEOUT_MS = 120_000;
const ASK_AGAIN_MS = 100;

export interface JavaProcess {
  readonly pid: number;
  /** What it prints is appended here. */
  readonly logFile: string;
  /** False from the moment its end was seen. */
  alive(): boolean;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** SIGKILL; resolves when it is gone. Works on a paused one. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it is gone, killed if it does not end in time. A paused one is woken first. */
  stop(): Promise<void>;
  /** SIGSTOP: connections stay open, nothing answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
}

/** Runs java in a folder, where its log goes, too, until it is stopped or this process ends. */
export function startJava(args: readonly string[], folder: string): JavaProcess {
  const logFile = join(folder, 'output.log');
  const log = openSync(logFile, 'a');
  // A process group of its own: a Ctrl-C in the terminal is for the program that started it, which then stops it.
  const child = spawn('sh', ['-c', GUARDED, 'sh', 'java', ...args], {
    cwd: folder,
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error('sh could not be started');
  let alive = true;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      alive = false;
      resolve();
    });
  });
  const signal = (name: NodeJS.Signals): void => {
    if (alive) child.kill(name);
  };
  return {
    pid,
    logFile,
    alive: () => alive,
    ended,
    async kill() {
      signal('SIGKILL');
      await ended;
    },
    async stop() {
      signal('SIGCONT');
      signal('SIGTERM');
      const timer = setTimeout(() => signal('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    },
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
  };
}

/** Asks until the answer is true. Throws, with the last lines of the log, when the program ends or takes too long. */
export async function untilReady(
  name: string,
  program: JavaProcess,
  ask: () => Promise<boolean>,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (!program.alive()) throw new Error(`${name} ended at its start\n${await lastLines(program)}`);
    if (Date.now() > deadline) {
      await program.kill();
      throw new Error(`${name} was not ready in ${START_TIMEOUT_MS / 1000} s\n${await lastLines(program)}`);
    }
    if (await ask().catch(() => false)) return;
    await delay(ASK_AGAIN_MS);
  }
}

/** The end of a log, for an error's text. */
export async function lastLines({ logFile }: JavaProcess): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return log.trimEnd().split('\n').slice(-20).join('\n');
}
