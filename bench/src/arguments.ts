export interface BenchArguments {
  /** The event log under the system. */
  readonly backend: 'embedded' | 'kafka';
  /** The one part to be measured; null for all. */
  readonly only: 'e2ee' | null;
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  /** Folder for the CPU profiles of the measured servers; null for none. */
  readonly profileDir: string | null;
}

export const USAGE = `Usage: npm run bench [--silent] -- [--backend embedded|kafka] [--only e2ee] [--json] [--quick] [--profile DIR] [--help]

Measures the whole system on the embedded event log, on this machine, and after it the end-to-end encryption, in about three
minutes; or relays on a Kafka broker that it starts (Linux, Java 17, and the first time Maven), in about eight.

  --backend KIND embedded (the default) or kafka
  --only e2ee    the end-to-end encryption alone, in about a minute; no event log plays a part, so not with kafka
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
  const only = takeValue('--only', 'e2ee');
  if (only !== null && only !== 'e2ee') throw new Error(`--only must be e2ee, not ${JSON.stringify(only)}`);
  if (only !== null && backend === 'kafka') throw new Error('--only e2ee does not go with --backend kafka');
  const flags = { json: take('--json'), quick: take('--quick'), help: take('--help') };
  if (left.length > 0) throw new Error(`unknown argument ${JSON.stringify(left[0])}`);
  return { ...flags, backend, only, profileDir };
}
