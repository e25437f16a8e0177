import { expect } from 'vitest';
import { compilePrograms } from './programs.ts';
import { type Outcome, runSchedule } from './run-schedule.ts';
import { type Schedule, scheduleOf } from './schedule.ts';
import { createSeats } from './seats.ts';
import { startSystem, type Topology } from './system.ts';
import type { Unit } from './unit.ts';

/** Runs one schedule on a system of its own, with a client process of this folder. Nothing of it is left. */
export async function runOne(
  topology: Topology,
  choose: (units: readonly Unit[]) => Schedule,
  clientModule?: string,
): Promise<Outcome> {
  const programs = await compilePrograms(clientModule);
  const seats = createSeats(programs.fileOf('client'));
  const system = await startSystem(topology, programs, () => undefined);
  try {
    return await runSchedule(system, seats, choose(system.units));
  } finally {
    await seats.close();
    await system.close();
    await programs.remove();
  }
}

/** A schedule goes well, and has done something. */
export async function expectGreen(topology: Topology, seed: number): Promise<void> {
  const { violations, trace, faults } = await runOne(topology, (units) => scheduleOf(seed, units));
  expect(violations).toEqual([]);
  expect(trace.events.filter(({ is }) => is === 'written').length).toBeGreaterThan(20);
  expect([...faults.keys()]).not.toEqual([]);
}
