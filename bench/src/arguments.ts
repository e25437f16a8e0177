export interface BenchArguments {
  /** The event log under the system. */
  readonly backend: 'embedded' | 'kafka';
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  /** Folder for the CPU profiles of the measured servers; null for none. */
  readonly profileDir: string | null;
}

export const USAGE = `Usage: npm run bench [--silent] -- [--backend embedded|kafka] [--json] [--quick] [--profile DIR] [--help]

Measures the whole system on the embedded event log, on this machine, in about two minutes; or relays on a Kafka broker that
it starts (Linux, Java 17, and the first time Maven), in about eight.

  --backend KIND embedded (the default) or kafka
  --json         print one JSON object instead of the tables (with npm run --silent: nothing else)
  --quick        tiny counts, some seconds: shows that the bench works, not how fast the system is
  --profile DIR  write a CPU profile (.cpuprofile) of each measured server into DIR; costs speed
  --help         this text

Targets that are missed are printed as missed; the exit code is 0 all the same, and 1 when the bench itself failed.
`;

/** Throws an `Error` with a readable message for anything that `USAGE` does not name. */
export function parseArguments(argv: readonly string[]): BenchArguments {
  const left = [...argv];
  const take = (flag: string): boolean => {
    const at = left.indexOf(flag);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  const takeValue = (flag: string, needed: string): string | null => {
    const at = left.indexOf(flag);
    if (at < 0) return null;
    const [, value] = left.splice(at, 2);
    if (value === undefined || value.startsWith('-')) throw new Error(`${flag} needs ${needed}`);
    return value;
  };
  const profileDir = takeValue('--profile', 'a folder');
  const backend = takeValue('--backend', 'embedded or kafka') ?? 'embedded';
  if (backend !== 'embedded' && backend !== 'kafka')
    throw new Error(`--backend must be embedded or kafka, not ${JSON.stringify(backend)}`);
  const flags = { json: take('--json'), quick: take('--quick'), help: take('--help') };
  if (left.length > 0) throw new Error(`unknown argument ${JSON.stringify(left[0])}`);
  return { ...flags, backend, profileDir };
}
