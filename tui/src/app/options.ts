import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import {
  ACCOUNT_OPTIONS,
  type AccountOptions,
  DEFAULT_SERVER,
  PROFILES_HELP,
  readAccountOptions,
  readAuthorities,
  type Surroundings,
} from '@secure-chat/command-line/account-options';
import { profileNames, profilesFolder } from '@secure-chat/command-line/profiles';

import { configFile } from '../config/config-file.ts';
import type { Config } from '../config/read-config.ts';
import { DEFAULTS, LOCK_AFTER_MAX, LOCK_AFTER_RULE, type Settings } from '../config/settings.ts';
import { THEME_NAMES } from '../theme/built-in.ts';

export interface TuiOptions extends AccountOptions {
  /** The gateway of accounts that are new here. */
  readonly newServer: string;
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
  /** What else a person has set. */
  readonly settings: Settings;
  /** The file that says so. */
  readonly configFile: string;
  /** What is wrong with it, sentences; nothing stops for it. */
  readonly problems: readonly string[];
  /** A path that a person types inside -> where it is. */
  readonly resolvePath: (path: string) => string;
}

export type ParsedOptions =
  | { readonly options: TuiOptions }
  | { readonly help: string }
  | { readonly errors: readonly string[] };

export const USAGE = `Usage: npm run tui -- [options]

  --server URL      the gateway (default ${DEFAULT_SERVER})
  --ca FILE         certificates of authorities, PEM, that may vouch for the server, too
  --pin KEY         the key by which alone the server is known, sha256:...; "first" for the one that it
                    shows now, "none" to forget it
  --insecure-http   lets plain HTTP leave this machine, in a network of your own
  --username NAME   fills in the name on the sign-in screen
  --profile NAME    the local profile: a name, or a path with a slash (default: the user name)
  --import FILE     brings in a profile that /export wrote (with --username or --profile: where to)
  --lock-after MIN  minutes without a key after which the profile is closed (default 15, 0: never)
  --theme THEME     dark (the default), light, high-contrast, or a file with a theme
  --config FILE     settings and keys (default $XDG_CONFIG_HOME/secure-chat/config.json, ~/.config/...)
  --ascii           lines and marks of ASCII alone, where the font has no others
  --help            this text

${PROFILES_HELP}
`;

/** Minutes: a talk at the next desk, not a lunch. */
const DEFAULT_LOCK_AFTER = 15;

const NO_CONFIG: Config = { settings: DEFAULTS, problems: [] };

/**
 * Reads the command line, which counts before the configuration file. All mistakes of it at once; a password is never taken
 * from it. `load`: reads the file (`wanted`: a person has named it).
 */
export function parseOptions(
  args: readonly string[],
  surroundings: Surroundings,
  load: (file: string, wanted: boolean) => Config = () => NO_CONFIG,
): ParsedOptions {
  const errors: string[] = [];
  const { values, problem } = readArguments(args);
  if (problem !== null) return { errors: [problem] };
  if (values.help) return { help: USAGE };

  const { cwd, env } = surroundings;
  const file = values.config === undefined ? configFile(env) : resolve(cwd, values.config);
  const { settings, problems } = load(file, values.config !== undefined);
  // What is wrong with the file's is a problem of the file, and stops nothing.
  const known =
    values.ca === undefined && settings.ca !== null
      ? readAuthorities(pathFrom(dirname(file))(settings.ca))
      : null;
  const account = readAccountOptions(
    { ...values, username: values.username ?? settings.username ?? undefined },
    surroundings,
  );
  if ('errors' in account) errors.push(...account.errors);
  const { profile } = values;
  const username = values.username ?? settings.username ?? undefined;
  const lockAfter = minutesOf(values['lock-after'] ?? String(settings.lockAfter ?? DEFAULT_LOCK_AFTER));
  if (lockAfter === null)
    errors.push(`--lock-after must be ${LOCK_AFTER_RULE}, not ${JSON.stringify(values['lock-after'])}`);
  if (values.import === '') errors.push('--import must be a file');
  if (values.import !== undefined && username === undefined && profile === undefined)
    errors.push('--import needs --username or --profile: they say where the profile goes');

  if (errors.length > 0 || 'errors' in account || lockAfter === null) return { errors };
  return {
    options: {
      ...account.options,
      username: account.options.username ?? '',
      profiles: () => (account.options.ownProfile ? [] : profileNames(profilesFolder(surroundings.env))),
      importFile: values.import === undefined ? null : resolve(cwd, values.import),
      lockAfterMs: lockAfter * 60_000,
      theme: values.theme ?? themeIn(settings.theme, pathFrom(dirname(file))),
      ascii: values.ascii ?? settings.ascii,
      newServer: settings.server ?? DEFAULT_SERVER,
      settings,
      configFile: file,
      problems: known !== null && 'error' in known ? [...problems, `ca ${known.error}.`] : problems,
      trust:
        known !== null && 'pem' in known
          ? { ...account.options.trust, ca: known.pem }
          : account.options.trust,
      resolvePath: pathFrom(cwd),
    },
  };
}

// No shell has seen it: the home folder is ours to fill in.
const pathFrom =
  (folder: string) =>
  (path: string): string =>
    resolve(folder, path.replace(/^~(?=\/)/, homedir()));

/** In the file, a path starts from its folder. */
function themeIn(theme: string | null, pathOf: (path: string) => string): string | null {
  return theme === null || THEME_NAMES.some((name) => name === theme) ? theme : pathOf(theme);
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
    config: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return { values: parseArgs({ args: [...args], options, strict: true }).values, problem: null };
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}
