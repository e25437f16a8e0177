/** What can be measured alone. */
export type Part = (typeof PARTS)[number];
const PARTS = ['e2ee', 'delivery', 'tui'] as const;

export interface BenchArguments {
  /** The event log under the system. */
  readonly backend: 'embedded' | 'kafka';
  /** The one part to be measured; null for all. Of `--only PART` and `PART` alone, which mean the same. */
  readonly only: Part | null;
  readonly json: boolean;
  readonly quick: boolean;
  readonly help: boolean;
  /** Folder for the CPU profiles of the measured servers; null for none. */
  readonly profileDir: string | null;
}

export const USAGE = `Usage: npm run bench [--silent] -- [e2ee|delivery|tui] [--backend embedded|kafka] [--json] [--quick] [--profile DIR] [--help]

Measures the whole system on the embedded event log, on this machine, after it the end-to-end encryption, the delivery from
client to client and the TUI, in about ten minutes; or relays and the delivery on a Kafka broker that it starts (Linux, Java 17, and the first
time Maven), in about fifteen.

  PART           e2ee: the end-to-end encryption alone, in about a minute
                 delivery: from client to client alone, 5,000 streams, what happens when a relay dies; it takes 16,000 open files
                 tui: the TUI in a pseudo-terminal alone, in about three minutes (Linux)
                 --only PART says the same. No event log plays a part in e2ee and tui, so they do not go with kafka
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
  const named = takeValue('--only', 'e2ee, delivery or tui');
  if (named !== null && !isPart(named))
    throw new Error(`--only must be e2ee, delivery or tui, not ${JSON.stringify(named)}`);
  const [alone] = left.filter(isPart);
  if (named === null && alone !== undefined) left.splice(left.indexOf(alone), 1);
  const only = named ?? alone ?? null;
  if ((only === 'e2ee' || only === 'tui') && backend === 'kafka')
    throw new Error(`${only} does not go with --backend kafka`);
  const flags = { json: take('--json'), quick: take('--quick'), help: take('--help') };
  if (left.length > 0) throw new Error(`unknown argument ${JSON.stringify(left[0])}`);
  return { ...flags, backend, only, profileDir };
}

const isPart = (text: string): text is Part => PARTS.some((part) => part === text);
