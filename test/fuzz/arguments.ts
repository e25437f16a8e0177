import { parseArgs } from 'node:util';

export interface FuzzArguments {
  /** Null for one that nobody has chosen. */
  readonly seed: number | null;
  /** Index of the first request. */
  readonly from: number;
  /** At least 1. */
  readonly requests: number;
  readonly help: boolean;
}

/** What CI runs. */
const REQUESTS = 200_000;
const MOST = 999_999_999;

export const USAGE = `Usage: npm run test:fuzz -- [--requests N] [--seed S] [--from I] [--help]

Sends N bent requests (${REQUESTS}) to a whole system in a process of its own, and checks each answer. The same seed and the same
index are the same request, but for what the server chose; --from I begins with that index. The exit code is 1 when anything was
wrong.
`;

/** Throws an `Error` with a readable message for anything that `USAGE` does not name. */
export function parseArguments(argv: readonly string[]): FuzzArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seed: { type: 'string' },
      from: { type: 'string' },
      requests: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const count = (name: 'seed' | 'from' | 'requests', least: number): number | null => {
    const given = values[name];
    if (given === undefined) return null;
    const number = /^\d+$/.test(given) ? Number(given) : Number.NaN;
    if (number >= least && number <= MOST) return number;
    throw new Error(
      `--${name} must be a whole number from ${least} to ${MOST}, not ${JSON.stringify(given)}`,
    );
  };
  return {
    seed: count('seed', 0),
    from: count('from', 0) ?? 0,
    requests: count('requests', 1) ?? REQUESTS,
    help: values.help ?? false,
  };
}
