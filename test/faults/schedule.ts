import { createRandom, type Random } from './random.ts';
import { CLIENT_STEPS, type ClientStep } from './steps.ts';

/** What a service or a broker can suffer, by name; a client is named by its letter. */
export interface Target {
  readonly name: string;
  readonly faults: readonly ServiceFault[];
  /** Where it can be made to end itself. */
  readonly steps: readonly string[];
}

/** `kill`: SIGKILL. `pause`: SIGSTOP. `drain`: SIGTERM. */
export type ServiceFault = 'kill' | 'pause' | 'drain';

/** One thing that the runner does. Whatever does not fit (a kill of what is down) is left out: any part of a plan is one. */
export type Act =
  | { readonly do: 'send'; readonly from: string; readonly to: string; readonly count: number }
  | { readonly do: 'read'; readonly user: string; readonly from: string }
  | { readonly do: 'kill client'; readonly user: string }
  /** The client ends itself there the `after`-th time. It is started again at once. */
  | { readonly do: 'arm client'; readonly user: string; readonly step: ClientStep; readonly after: number }
  | { readonly do: 'start client'; readonly user: string }
  | { readonly do: ServiceFault; readonly target: string }
  /** Starts what is down, and wakes what is paused. */
  | { readonly do: 'start'; readonly target: string }
  /** Killed, and started as one that ends itself there the `after`-th time; then it is started as it was. */
  | { readonly do: 'arm'; readonly target: string; readonly step: string; readonly after: number }
  /** Until so many further messages are shown by whomever, for 1 s at most. */
  | { readonly do: 'progress'; readonly count: number }
  /** Lets a fault last: milliseconds. */
  | { readonly do: 'last'; readonly ms: number };

export interface Schedule {
  readonly seed: number;
  readonly users: readonly string[];
  readonly acts: readonly Act[];
}

const LETTERS = ['a', 'b', 'c'] as const;
const SENDS = { least: 20, most: 60 };
const BURST_MAX = 8;
const SERVICE_FAULTS_MAX = 2;
const CLIENT_FAULTS_MAX = 3;
/** Milliseconds that a moment between two acts may take: several round trips, so that faults fall within sends. */
const MOMENT_MS = 40;
/** Milliseconds of a half-open connection: around the client's time-out of 2 s. */
const PAUSED_MS = { least: 300, most: 3_000 };
/** A step is reached some times an act; a later turn would often not come. */
const AFTER_MAX = 12;

/** The same plan for the same seed and targets. Whatever is left down or paused at its end, the runner brings back. */
export function scheduleOf(seed: number, targets: readonly Target[]): Schedule {
  const random = createRandom(seed);
  const users = LETTERS.slice(0, random.chance(0.6) ? 2 : 3);
  const bursts = burstsOf(random, users);
  const faults = [
    ...Array.from({ length: random.int(1, SERVICE_FAULTS_MAX) }, () => serviceFault(random, targets)),
    ...Array.from({ length: random.int(0, CLIENT_FAULTS_MAX) }, () => clientFault(random, users)),
  ];
  // Each fault begins before some burst; its end comes with it, or some bursts later.
  const acts: Act[][] = bursts.map((burst) => [burst]);
  const at = (index: number): Act[] => acts[Math.min(index, acts.length - 1)] ?? [];
  for (const { begin, end } of faults) {
    const index = random.int(0, bursts.length - 1);
    at(index).push(...begin);
    if (end.length > 0) at(index + random.int(0, 3)).push(...end);
  }
  return { seed, users, acts: acts.flatMap((group) => [...group, ...between(random, users)]) };
}

function burstsOf(random: Random, users: readonly string[]): Act[] {
  const bursts: Act[] = [];
  for (let left = random.int(SENDS.least, SENDS.most); left > 0; ) {
    const count = Math.min(left, random.int(1, BURST_MAX));
    const from = random.pick(users);
    bursts.push({ do: 'send', from, to: random.pick(users.filter((user) => user !== from)), count });
    left -= count;
  }
  return bursts;
}

function between(random: Random, users: readonly string[]): Act[] {
  const acts: Act[] = [];
  if (random.chance(0.3)) {
    const user = random.pick(users);
    acts.push({ do: 'read', user, from: random.pick(users.filter((other) => other !== user)) });
  }
  if (random.chance(0.55)) acts.push({ do: 'progress', count: random.int(1, BURST_MAX) });
  else if (random.chance(0.7)) acts.push({ do: 'last', ms: random.int(1, MOMENT_MS) });
  return acts;
}

interface Fault {
  readonly begin: readonly Act[];
  readonly end: readonly Act[];
}

function serviceFault(random: Random, targets: readonly Target[]): Fault {
  const { name: target, faults, steps } = random.pick(targets);
  const moment: Act = { do: 'last', ms: random.int(1, MOMENT_MS) };
  if (steps.length > 0 && random.chance(0.4)) {
    const arm: Act = { do: 'arm', target, step: random.pick(steps), after: random.int(1, AFTER_MAX) };
    return { begin: [arm], end: [] };
  }
  const fault = random.pick(faults);
  const start: Act = { do: 'start', target };
  if (fault === 'pause')
    return {
      begin: [moment, { do: fault, target }],
      end: [{ do: 'last', ms: random.int(PAUSED_MS.least, PAUSED_MS.most) }, start],
    };
  return { begin: [moment, { do: fault, target }], end: [start] };
}

function clientFault(random: Random, users: readonly string[]): Fault {
  const user = random.pick(users);
  if (random.chance(0.6)) {
    const arm: Act = {
      do: 'arm client',
      user,
      step: random.pick(CLIENT_STEPS),
      after: random.int(1, AFTER_MAX),
    };
    return { begin: [arm], end: [] };
  }
  const moment: Act = { do: 'last', ms: random.int(1, MOMENT_MS) };
  return { begin: [moment, { do: 'kill client', user }], end: [{ do: 'start client', user }] };
}
