/** The event log that schedules run on: `embedded` is `npm start` for even seeds, five processes for odd ones. */
export type Backend = 'embedded' | 'kafka';

export interface FaultsArguments {
  /** Null: most schedules on the embedded log, some on Kafka. */
  readonly backend: Backend | null;
  /** Schedules to run, at least 1. */
  readonly runs: number;
  /** Of the first schedule, the others follow; null for one that nobody has chosen. */
  readonly seed: number | null;
  readonly help: boolean;
}

/** What CI runs. */
const RUNS = 200;
/** Seeds are numbers of 9 digits at most: they are part of user names. */
const SEED_MAX = 999_999_999;

export const USAGE = `Usage: npm run test:faults -- [--backend embedded|kafka] [--runs N] [--seed S] [--help]

Runs N schedules (${RUNS}) of sends and faults on real processes, and checks what their clients showed. Without --backend most
run on the embedded event log, the rest on Kafka brokers that it starts (Linux, Java 17, and the first time Maven). The first one
has the seed S, each further one the next number. The exit code is 1 when anything was wrong.
`;

/** Throws an `Error` with a readable message for anything that `USAGE` does not name. */
export function parseArguments(argv: readonly string[]): FaultsArguments {
  const left = [...argv];
  const flag = (name: string): boolean => {
    const at = left.indexOf(name);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  const value = (name: string): string | null => {
    const at = left.indexOf(name);
    if (at < 0) return null;
    const [, given] = left.splice(at, 2);
    if (given === undefined) throw new Error(`${name} needs a value`);
    return given;
  };
  const count = (name: string, least: number, most: number): number | null => {
    const given = value(name);
    if (given === null) return null;
    const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (number >= least && number <= most) return number;
    throw new Error(`${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(given)}`);
  };
  const backend = value('--backend');
  if (backend !== null && backend !== 'embedded' && backend !== 'kafka')
    throw new Error(`--backend must be embedded or kafka, not ${JSON.stringify(backend)}`);
  const runs = count('--runs', 1, SEED_MAX) ?? RUNS;
  const seed = count('--seed', 0, SEED_MAX - runs);
  const help = flag('--help');
  if (left.length > 0) throw new Error(`unknown argument ${JSON.stringify(left[0])}`);
  return { backend, runs, seed, help };
}
