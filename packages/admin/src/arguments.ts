import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Command, Input } from './command.ts';
import { usageError } from './exit-codes.ts';
import { usageOf } from './help.ts';

export interface Arguments {
  readonly help: boolean;
  readonly json: boolean;
  readonly input: Input;
}

/** Reads what stands behind the name of a command. Throws AdminError usage. `cwd`: where relative paths start. */
export function parseArguments(command: Command, args: readonly string[], cwd: string): Arguments {
  const { values, operands } = read(command, args);
  const help = values.help === true;
  if (!help && operands.length !== command.operands.length)
    throw usageError(`Usage: npm run admin -- ${usageOf(command)}`);
  return {
    help,
    json: values.json === true,
    input: {
      operands,
      flag: (name) => values[name] === true,
      number(name, least, most) {
        const given = values[name];
        if (typeof given !== 'string') return null;
        const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
        if (number >= least && number <= most) return number;
        throw usageError(
          `--${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(given)}.`,
        );
      },
      path: (operand) => resolve(cwd, operand),
    },
  };
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

function read(command: Command, args: readonly string[]): { values: Values; operands: readonly string[] } {
  const own = (command.options ?? []).map(({ name, value }) => [
    name,
    { type: value === undefined ? ('boolean' as const) : ('string' as const) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(own),
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
      strict: true,
    });
    return { values, operands: positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(
      `${error.message.replace(/\.?$/, '.')} npm run admin -- ${command.name} --help lists the options.`,
    );
  }
}
