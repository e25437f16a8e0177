import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ACCOUNT_OPTIONS,
  type AccountOptions,
  readAccountOptions,
  type Surroundings,
} from '@secure-chat/command-line/account-options';
import type { Command, Input } from './command.ts';
import { usageError } from './exit-codes.ts';

/** Where a password comes from, if not from the person at the terminal. */
export interface PasswordOptions {
  /** Null for none. */
  readonly fd: number | null;
  readonly keyring: boolean;
}

export interface Arguments {
  readonly help: boolean;
  readonly account: AccountOptions;
  readonly password: PasswordOptions;
  readonly input: Input;
}

/** A file descriptor of a shell; some shells go no further than 9. */
export const FD_MAX = 255;

/** Reads what stands behind the name of a command. Throws CliError usage with the first mistake. */
export function parseArguments(
  command: Command,
  args: readonly string[],
  surroundings: Surroundings,
): Arguments {
  const { values, operands } = read(command, args);
  const account = readAccountOptions(
    {
      server: textOf(values.server),
      username: textOf(values.username),
      profile: textOf(values.profile),
      ca: textOf(values.ca),
      pin: textOf(values.pin),
      'insecure-http': values['insecure-http'] === true,
    },
    surroundings,
  );
  if ('errors' in account) throw usageError(`${account.errors.join('. ')}.`);
  const input = inputOf(values, operands, surroundings.cwd);
  const help = input.flag('help');
  const [least, most] = command.count;
  if (!help && (operands.length < least || operands.length > most))
    throw usageError(
      `Usage: chat ${command.name} ${command.operands}`.trim() +
        (operands.length > most && command.tooMany ? `. ${command.tooMany}` : ''),
    );
  const password = { fd: input.number('password-fd', 0, FD_MAX), keyring: input.flag('keyring') };
  return { help, account: account.options, password, input };
}

type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

const textOf = (value: Values[string]): string | undefined => (typeof value === 'string' ? value : undefined);

function read(command: Command, args: readonly string[]): { values: Values; operands: readonly string[] } {
  // Before anything can repeat it.
  if (args.some((arg) => /^--pass(word)?(=|$)/.test(arg)))
    throw usageError(
      'A password is never taken from the command line, where everybody on this machine can read it: leave it out to be asked, ' +
        'or give --password-fd or --keyring.',
    );
  const own = command.options.map(({ name, value }) => [
    name,
    { type: value === undefined ? ('boolean' as const) : ('string' as const) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        ...Object.fromEntries(own),
        ...ACCOUNT_OPTIONS,
        'password-fd': { type: 'string' },
        keyring: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
      allowPositionals: true,
      strict: true,
    });
    return { values, operands: positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw usageError(`${error.message.replace(/\.?$/, '.')} chat ${command.name} --help lists the options.`);
  }
}

function inputOf(values: Values, operands: readonly string[], cwd: string): Input {
  const text = (name: string): string | null => textOf(values[name]) ?? null;
  return {
    operands,
    flag: (name) => values[name] === true,
    text,
    number(name, least, most) {
      const given = text(name);
      if (given === null) return null;
      const number = /^\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
      if (number >= least && number <= most) return number;
      throw usageError(
        `--${name} must be a whole number from ${least} to ${most}, not ${JSON.stringify(given)}.`,
      );
    },
    path: (operand) => resolve(cwd, operand),
  };
}
