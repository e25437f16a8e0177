import { cpus } from 'node:os';
import { round, type Spread, spreadOf } from '../arithmetic.ts';
import { type Child, numberOf, numbersOf, type Usage } from '../child-process.ts';
import type { Arrived } from './arrivals.ts';

/** A load at a steady pace, and how long its messages took. */
export interface Latency {
  /** What was offered. */
  readonly perSecond: number;
  /** From the first send to the last arrival: less than was offered where the machine does not keep up. */
  readonly achievedPerSecond: number;
  readonly messages: number;
  /** From the send to the arrival, in milliseconds. */
  readonly latencyMs: Spread;
}

/** Of several readers at once, when all were given the same load. */
export function latencyOf(perSecond: number, arrived: readonly Arrived[]): Latency {
  const latencies = arrived.flatMap((part) => part.latencies);
  const seconds = Math.max(...arrived.map((part) => part.seconds));
  return {
    perSecond,
    achievedPerSecond: round(latencies.length / seconds, 1),
    messages: latencies.length,
    latencyMs: spreadOf(latencies),
  };
}

/** As a process of the bench says it. */
export const arrivedOf = (answer: unknown): Arrived => ({
  latencies: numbersOf(answer, 'latencies'),
  seconds: numberOf(answer, 'seconds'),
});

/** What each process had to do, and all others of the machine: percent of one core. */
export type Shares = Readonly<Record<string, number>>;

export type Meters = Readonly<Record<string, () => Promise<Usage>>>;

export const meterOf = (child: Pick<Child, 'usage'>) => (): Promise<Usage> => child.usage();

/** What this process had to do, which makes the load. */
export async function ownUsage(): Promise<Usage> {
  const { user, system } = process.cpuUsage();
  return { cpuMs: (user + system) / 1000, rss: process.memoryUsage.rss() };
}

/** Milliseconds that the machine's cores were busy. */
const machineMs = (): number =>
  cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0);

/** The work's outcome, and what each process had to do meanwhile: what competes with it explains it. */
export async function metered<T>(
  meters: Meters,
  work: () => Promise<T>,
): Promise<{ readonly outcome: T; readonly cpuPercent: Shares }> {
  const start = performance.now();
  const machineBefore = machineMs();
  const before = await readAll(meters);
  const outcome = await work();
  const after = await readAll(meters);
  const elapsedMs = performance.now() - start;
  const percent = (ms: number): number => round((100 * ms) / elapsedMs, 1);
  const used = [...after].map(([name, cpuMs]): [string, number] => [name, cpuMs - (before.get(name) ?? 0)]);
  const ours = used.reduce((sum, [, ms]) => sum + ms, 0);
  const shares = used.map(([name, ms]): [string, number] => [name, percent(ms)]);
  const others = percent(Math.max(0, machineMs() - machineBefore - ours));
  return { outcome, cpuPercent: { ...Object.fromEntries(shares), others } };
}

const readAll = async (meters: Meters): Promise<Map<string, number>> =>
  new Map(
    await Promise.all(
      Object.entries(meters).map(
        async ([name, usage]): Promise<[string, number]> => [name, (await usage()).cpuMs],
      ),
    ),
  );
