import { misbehaved } from './misbehaved.ts';
import type { LanePlan } from './plan.ts';
import type { Programs } from './programs.ts';
import { type Outcome, runSchedule } from './run-schedule.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { createSeats } from './seats.ts';
import { type System, startSystem, type Topology } from './system.ts';

export interface Result extends Outcome {
  readonly topology: Topology;
  readonly schedule: Schedule;
  readonly brokers: number;
  /** Milliseconds. */
  readonly took: number;
  /** What the services said meanwhile. */
  readonly said: readonly string[];
}

/** Lines of the services that are kept for the trace of a schedule that fails; those that say why are always. */
const SAID_MAX = 2_000;

/** Runs schedules one after the other on one system, which is replaced after each that failed. */
export async function runLane(
  { topology, seeds }: LanePlan,
  programs: Programs,
  onResult: (result: Result) => Promise<void>,
): Promise<void> {
  const seats = createSeats(programs.fileOf('client'));
  let said: string[] = [];
  let system: System | null = null;
  try {
    for (const seed of seeds) {
      const begin = performance.now();
      system ??= await startSystem(topology, programs, (what) => {
        if (said.length < SAID_MAX || misbehaved([what]).length > 0) said.push(what);
      });
      const schedule = scheduleOf(seed, system.units);
      const outcome = await runSchedule(system, seats, schedule);
      const took = performance.now() - begin;
      const violations = [...outcome.violations, ...misbehaved(said)];
      await onResult({ ...outcome, violations, topology, schedule, brokers: system.brokers, took, said });
      said = [];
      if (violations.length === 0) continue;
      await system.close();
      system = null;
    }
  } finally {
    await system?.close();
    await seats.close();
  }
}
