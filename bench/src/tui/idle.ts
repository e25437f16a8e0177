import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { round } from '../arithmetic.ts';

/** What the TUI takes of the machine while nobody types and nothing arrives. */
export interface TuiIdle {
  readonly seconds: number;
  readonly contacts: number;
  readonly changesPerSecond: number;
  /** Of one core. */
  readonly cpuPercent: number;
}

/** The presence of each contact changes once a minute. */
export const changesPerSecond = (contacts: number): number => round(contacts / 60, 2);

/**
 * Milliseconds that a process's threads have run, as the scheduler counted them: what /proc says in ticks is a guess for a program that
 * runs for some milliseconds at a time. Throws where there is no /proc: elsewhere than on Linux.
 */
async function ranMs(pid: number): Promise<number> {
  const threads = await readdir(`/proc/${pid}/task`);
  const ran = await Promise.all(
    threads.map(async (thread) => {
      const [nanoseconds] = (await readFile(`/proc/${pid}/task/${thread}/schedstat`, 'utf8')).split(' ');
      return Number(nanoseconds) / 1e6;
    }),
  );
  return ran.reduce((sum, ms) => sum + ms, 0);
}

export async function measureTuiIdle(pid: number, seconds: number, contacts: number): Promise<TuiIdle> {
  const before = await ranMs(pid);
  await sleep(seconds * 1000);
  const after = await ranMs(pid);
  return {
    seconds,
    contacts,
    changesPerSecond: changesPerSecond(contacts),
    cpuPercent: round((after - before) / (seconds * 10), 2),
  };
}
