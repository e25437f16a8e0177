import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { median, round } from './arithmetic.ts';
import { REPOSITORY } from './child-process.ts';

export interface Ready {
  readonly starts: number;
  /** From `npm start`, npm included, to its ready line, in a new data folder. The median. */
  readonly readySeconds: number;
}

export async function measureReady(dataDir: string, starts: number): Promise<Ready> {
  const seconds: number[] = [];
  for (let start = 0; start < starts; start++) {
    const folder = join(dataDir, `start-${start}`);
    await mkdir(folder);
    seconds.push(await secondsToReady(folder));
  }
  return { starts, readySeconds: round(median(seconds), 2) };
}

async function secondsToReady(dataDir: string): Promise<number> {
  const start = performance.now();
  // A group of its own: npm may not hand a signal on to what it started.
  const npm = spawn('npm', ['start'], {
    cwd: REPOSITORY,
    env: { ...process.env, DATA_DIR: dataDir, HOST: '127.0.0.1', PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const closed = once(npm, 'close');
  const end = (): void => {
    if (npm.pid !== undefined && npm.exitCode === null) process.kill(-npm.pid, 'SIGTERM');
  };
  process.once('exit', end);
  try {
    for await (const line of createInterface({ input: npm.stdout })) {
      if (line.includes(' is ready at ')) return (performance.now() - start) / 1000;
    }
    throw new Error('npm start ended before it was ready');
  } finally {
    end();
    npm.stdout.resume();
    await closed;
    process.off('exit', end);
  }
}
