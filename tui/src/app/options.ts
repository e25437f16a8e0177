import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ACCOUNT_OPTIONS,
  type AccountOptions,
  DEFAULT_SERVER,
  PROFILES_HELP,
  readAccountOptions,
  type Surroundings,
} from '@secure-chat/command-line/account-options';
import { profileNames, profilesFolder } from '@secure-chat/command-line/profiles';

export interface TuiOptions extends AccountOptions {
  /** Filled in on the sign-in screen. */
  readonly username: string;
  /** Names of the profiles on this machine, where each is named after its user: none with `--profile`. */
  readonly profiles: () => readonly string[];
  /** The exported profile to begin with; null for none. */
  readonly importFile: string | null;
  /** Milliseconds without a key after which the profile is closed; 0 for never. */
  readonly lockAfterMs: number;
  /** The name of a theme, or a file with one; null for the usual. */
  readonly theme: string | null;
  /** Without glyphs. */
  readonly ascii: boolean;
  /** A path that a person types inside -> where it is. */
  readonly resolvePath: (path: string) => string;
}

export type ParsedOptions =
  | { readonly options: TuiOptions }
  | { readonly help: string }
  | { readonly errors: readonly string[] };

export const USAGE = `Usage: npm run tui -- [options]

  --server URL      the gateway (default ${DEFAULT_SERVER})
  --username NAME   fills in the name on the sign-in screen
  --profile NAME    the local profile: a name, or a path with a slash (default: the user name)
  --import FILE     brings in a profile that /export wrote (with --username or --profile: where to)
  --lock-after MIN  minutes without a key after which the profile is closed (default 15, 0: never)
  --theme THEME     dark (the default), light, high-contrast, or a file with a theme
  --ascii           lines and marks of ASCII alone, where the font has no others
  --help            this text

${PROFILES_HELP}
`;

/** Minutes: a talk at the next desk, not a lunch. */
const DEFAULT_LOCK_AFTER = '15';
/** Minutes: a day. Whoever wants longer means never. */
const LOCK_AFTER_MAX = 1440;

/** Reads the command line. All mistakes at once; a password is never taken from it. */
export function parseOptions(args: readonly string[], surroundings: Surroundings): ParsedOptions {
  const errors: string[] = [];
  const { values, problem } = readArguments(args);
  if (problem !== null) return { errors: [problem] };
  if (values.help) return { help: USAGE };

  const account = readAccountOptions(values, surroundings);
  if ('errors' in account) errors.push(...account.errors);
  const { username, profile } = values;
  const lockAfter = minutesOf(values['lock-after'] ?? DEFAULT_LOCK_AFTER);
  if (lockAfter === null)
    errors.push(
      `--lock-after must be whole minutes from 1 to ${LOCK_AFTER_MAX}, or 0 for never, not ${JSON.stringify(values['lock-after'])}`,
    );
  if (values.import === '') errors.push('--import must be a file');
  if (values.import !== undefined && username === undefined && profile === undefined)
    errors.push('--import needs --username or --profile: they say where the profile goes');

  if (errors.length > 0 || 'errors' in account || lockAfter === null) return { errors };
  const { cwd } = surroundings;
  return {
    options: {
      ...account.options,
      username: account.options.username ?? '',
      profiles: () => (account.options.ownProfile ? [] : profileNames(profilesFolder(surroundings.env))),
      importFile: values.import === undefined ? null : resolve(cwd, values.import),
      lockAfterMs: lockAfter * 60_000,
      theme: values.theme ?? null,
      ascii: values.ascii ?? false,
      // No shell has seen it: the home folder is ours to fill in.
      resolvePath: (path) => resolve(cwd, path.replace(/^~(?=\/)/, homedir())),
    },
  };
}

function minutesOf(text: string): number | null {
  return /^\d{1,4}$/.test(text) && Number(text) <= LOCK_AFTER_MAX ? Number(text) : null;
}

function readArguments(args: readonly string[]) {
  const options = {
    ...ACCOUNT_OPTIONS,
    import: { type: 'string' },
    'lock-after': { type: 'string' },
    theme: { type: 'string' },
    ascii: { type: 'boolean' },
    help: { type: 'boolean' },
  } as const;
  try {
    return { values: parseArgs({ args: [...args], options, strict: true }).values, problem: null };
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}
