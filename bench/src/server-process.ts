import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromParent } from './child/answer-parent.ts';

/** A server in a process of its own: it shares neither event loop nor garbage collector with the load generator. */
export interface ServerProcess {
  readonly url: string;
  /** Milliseconds of CPU, user and system, that the process has used. */
  cpuMs(): Promise<number>;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
}

/** Milliseconds for a server to stop by itself before it is killed: more than the stack takes. */
const CLOSE_MS = 5_000;

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

export interface ServerProcessOptions {
  readonly server: 'stack' | 'bare-fastify';
  /** Folder of its databases. */
  readonly dataDir: string;
  readonly profileDir: string | null;
}

/** Resolves when the server listens; rejects when it ended before. */
export async function startServer({
  server,
  dataDir,
  profileDir,
}: ServerProcessOptions): Promise<ServerProcess> {
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const child = fork(fileURLToPath(new URL(`./child/${server}.ts`, import.meta.url)), [dataDir], {
    cwd: REPOSITORY,
    execArgv: ['--import', 'tsx', ...profiling],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const url = member(await nextMessage(child), 'url');
  if (typeof url !== 'string') throw new Error(`${server} did not say where it listens`);
  const ask = (question: FromParent): void => void child.send(question);
  return {
    url,
    async cpuMs() {
      const answer = nextMessage(child);
      ask('cpu');
      return Number(member(await answer, 'cpuMicros')) / 1000;
    },
    async close() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      const killing = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      ask('close');
      await ended;
      clearTimeout(killing);
    },
  };
}

async function nextMessage(child: ChildProcess): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`a measured server ended (exit code ${code})`);
      }),
    ]);
    return message;
  } finally {
    settled.abort();
  }
}

const member = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;
