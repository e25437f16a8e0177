import { setTimeout as sleep } from 'node:timers/promises';
import { round } from '../arithmetic.ts';
import { usageOf } from '../kafka/process-usage.ts';

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

export async function measureTuiIdle(pid: number, seconds: number, contacts: number): Promise<TuiIdle> {
  const before = await usageOf(pid);
  await sleep(seconds * 1000);
  const { cpuMs } = await usageOf(pid);
  return {
    seconds,
    contacts,
    changesPerSecond: changesPerSecond(contacts),
    cpuPercent: round((cpuMs - before.cpuMs) / (seconds * 10), 2),
  };
}
