import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WriterProcess } from './harness.ts';

/** Writes in flight at once: a kill meets writes in every state. */
const IN_FLIGHT = 16;

/**
 * The child's side: writes 0, 1, 2, ... for ever and prints each number, a line each, when its write is acknowledged.
 * Throws what a write throws.
 */
export async function writeUntilKilled(write: (number: number) => Promise<unknown>): Promise<never> {
  let next = 0;
  async function lane(): Promise<never> {
    for (;;) {
      const number = next++;
      await write(number);
      process.stdout.write(`${number}\n`);
    }
  }
  return Promise.race(Array.from({ length: IN_FLIGHT }, lane));
}

/** The parent's side: runs a TypeScript module that calls `writeUntilKilled`. */
export function startWriterProcess(module: URL, args: readonly string[]): WriterProcess {
  const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(module), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged: number[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (line) => acknowledged.push(Number(line)));
  const gone = once(child, 'close');

  return {
    async acknowledgedAtLeast(count) {
      while (acknowledged.length < count) {
        const ended = await Promise.race([once(lines, 'line').then(() => false), gone.then(() => true)]);
        if (ended) throw new Error(`The writer ended after ${acknowledged.length} writes`);
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
      return acknowledged;
    },
  };
}
