import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Question } from './child/answer-parent.ts';

/** A process of the bench's own: it shares neither event loop nor garbage collector with the load generator. */
export interface Child<Own = never> {
  /** What it said when it was ready. */
  readonly hello: unknown;
  /** One question at a time. Rejects when the process ended before the answer. */
  ask(question: Own): Promise<unknown>;
  /** CPU and memory that the process has used. */
  usage(): Promise<Usage>;
  /** Its memory without garbage; takes a second. */
  settled(): Promise<Memory>;
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends the process and waits for its end. */
  close(): Promise<void>;
}

export interface Usage {
  /** Milliseconds, user and system. */
  readonly cpuMs: number;
  /** Bytes in memory. */
  readonly rss: number;
}

/** Bytes. */
export interface Memory {
  readonly rss: number;
  /** What JavaScript has, buffers outside of its heap included. */
  readonly heap: number;
}

export interface ChildOptions {
  /** The module of that name in `child/`. */
  readonly module: string;
  readonly args?: readonly string[];
  /** Beside this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly profileDir: string | null;
}

/** Milliseconds for a child to stop by itself before it is killed: more than the stack takes. */
const CLOSE_MS = 5_000;

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** Resolves when the child says hello; rejects when it ended before. */
export async function startChild<Own = never>({
  module,
  args = [],
  environment,
  profileDir,
}: ChildOptions): Promise<Child<Own>> {
  const profiling = profileDir === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileDir}`];
  const child = fork(fileURLToPath(new URL(`./child/${module}.ts`, import.meta.url)), [...args], {
    cwd: REPOSITORY,
    execArgv: ['--import', 'tsx', '--expose-gc', ...profiling],
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const hello = await nextMessage(child, module);
  const ask = (question: Question<Own>): Promise<unknown> => {
    const answer = nextMessage(child, module);
    child.send(question);
    return answer;
  };
  const isOver = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    hello,
    ask: (question) => ask({ ask: 'own', question }),
    async usage() {
      const answer = await ask({ ask: 'usage' });
      return { cpuMs: numberOf(answer, 'cpuMs'), rss: numberOf(answer, 'rss') };
    },
    async settled() {
      const answer = await ask({ ask: 'settled' });
      return { rss: numberOf(answer, 'rss'), heap: numberOf(answer, 'heap') };
    },
    async kill() {
      if (isOver()) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    async close() {
      if (isOver()) return;
      const ended = once(child, 'exit');
      const killing = setTimeout(() => child.kill('SIGKILL'), CLOSE_MS);
      child.send({ ask: 'close' } satisfies Question<Own>);
      await ended;
      clearTimeout(killing);
    },
  };
}

async function nextMessage(child: ChildProcess, module: string): Promise<unknown> {
  const settled = new AbortController();
  const { signal } = settled;
  try {
    const [message] = await Promise.race([
      once(child, 'message', { signal }),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`${module}, a process of the bench, ended (exit code ${code})`);
      }),
    ]);
    return message;
  } finally {
    settled.abort();
  }
}

const member = (message: unknown, name: string): unknown =>
  typeof message === 'object' && message !== null ? Reflect.get(message, name) : undefined;

/** A member of a child's message. Throws when it is no text. */
export function textOf(message: unknown, name: string): string {
  const text = member(message, name);
  if (typeof text !== 'string') throw new TypeError(`a process of the bench did not say its ${name}`);
  return text;
}

/** A member of a child's message. Throws when it is no number. */
export function numberOf(message: unknown, name: string): number {
  const number = member(message, name);
  if (typeof number !== 'number') throw new TypeError(`a process of the bench did not say its ${name}`);
  return number;
}

/** A member of a child's message. Throws when it is no list of numbers. */
export function numbersOf(message: unknown, name: string): number[] {
  const numbers = member(message, name);
  if (!Array.isArray(numbers) || !numbers.every((number) => typeof number === 'number'))
    throw new TypeError(`a process of the bench did not say its ${name}`);
  return numbers;
}
