import { parseArgs } from 'node:util';
import type { Attack } from './attack.ts';
import { ATTACKS } from './attacks.ts';

export interface AbuseArguments {
  readonly attacks: readonly Attack[];
  readonly quick: boolean;
  readonly markdown: boolean;
  readonly help: boolean;
}

export const USAGE = `Usage: npm run test:abuse -- [--only PART]... [--quick] [--markdown] [--help]

Attacks a whole system in a process of its own on this machine (Linux), while 20 honest users go on, and measures them. --only
takes the attacks whose names have that part; --quick has short windows and no verdict on latency; --markdown prints the table of
docs/security.md. The exit code is 1 when anything was not as it has to be.

${ATTACKS.map(({ name, about }) => `    ${name}: ${about}`).join('\n')}
`;

/** Throws an `Error` with a readable message for anything that `USAGE` does not name. */
export function parseArguments(argv: readonly string[]): AbuseArguments {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      only: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      markdown: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { only, quick, markdown, help } = values;
  const unknown = only?.find((part) => !ATTACKS.some(({ name }) => name.includes(part)));
  if (unknown !== undefined) throw new Error(`no attack has ${JSON.stringify(unknown)} in its name`);
  const attacks = ATTACKS.filter(({ name }) => only?.some((part) => name.includes(part)) ?? true);
  return { attacks, quick, markdown, help };
}
