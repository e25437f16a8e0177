import { homedir } from 'node:os';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { checkUsername, USERNAME_RULE } from '@secure-chat/client/account-rules';

export interface TuiOptions {
  /** Origin of the gateway. */
  readonly server: string;
  /** Filled in on the sign-in screen. */
  readonly username: string;
  /** Folder of a user's profile. */
  readonly profileOf: (username: string) => string;
  /** The exported profile to begin with; null for none. */
  readonly importFile: string | null;
  /** Milliseconds without a key after which the profile is closed; 0 for never. */
  readonly lockAfterMs: number;
  /** A path that a person types inside -> where it is. */
  readonly resolvePath: (path: string) => string;
}

export type ParsedOptions =
  | { readonly options: TuiOptions }
  | { readonly help: string }
  | { readonly errors: readonly string[] };

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. */
  readonly cwd: string;
}

export const USAGE = `Usage: npm run tui -- [options]

  --server URL      the gateway (default http://127.0.0.1:8000)
  --username NAME   fills in the name on the sign-in screen
  --profile NAME    the local profile: a name, or a path with a slash (default: the user name)
  --import FILE     brings in a profile that /export wrote (with --username or --profile: where to)
  --lock-after MIN  minutes without a key after which the profile is closed (default 15, 0: never)
  --help            this text

Profiles live in $XDG_DATA_HOME/secure-chat (default ~/.local/share/secure-chat), encrypted under your password.
`;

const DEFAULT_SERVER = 'http://127.0.0.1:8000';

/** Minutes: a talk at the next desk, not a lunch. */
const DEFAULT_LOCK_AFTER = '15';
/** Minutes: a day. Whoever wants longer means never. */
const LOCK_AFTER_MAX = 1440;

/** Reads the command line. All mistakes at once; a password is never taken from it. */
export function parseOptions(args: readonly string[], { env, cwd }: Surroundings): ParsedOptions {
  const errors: string[] = [];
  const { values, problem } = readArguments(args);
  if (problem !== null) return { errors: [problem] };
  if (values.help) return { help: USAGE };

  const server = values.server ?? DEFAULT_SERVER;
  const origin = originOf(server);
  if (origin === null)
    errors.push(
      `--server must be an http(s) address such as ${DEFAULT_SERVER}, not ${JSON.stringify(server)}`,
    );
  const { username, profile } = values;
  if (username !== undefined && checkUsername(username) !== null)
    errors.push(`--username must be ${USERNAME_RULE}, not ${JSON.stringify(username)}`);
  const lockAfter = minutesOf(values['lock-after'] ?? DEFAULT_LOCK_AFTER);
  if (lockAfter === null)
    errors.push(
      `--lock-after must be whole minutes from 1 to ${LOCK_AFTER_MAX}, or 0 for never, not ${JSON.stringify(values['lock-after'])}`,
    );
  if (values.import === '') errors.push('--import must be a file');
  if (values.import !== undefined && username === undefined && profile === undefined)
    errors.push('--import needs --username or --profile: they say where the profile goes');
  if (profile === '') errors.push('--profile must be a name or a path');

  const home =
    env.XDG_DATA_HOME && isAbsolute(env.XDG_DATA_HOME)
      ? env.XDG_DATA_HOME
      : join(homedir(), '.local', 'share');
  const isPath = profile?.includes('/') || profile?.includes(sep);
  // On file systems that ignore case, `Alice` and `alice` must be one folder: they are one user.
  const profileOf = (name: string): string =>
    profile && isPath ? resolve(cwd, profile) : join(home, 'secure-chat', profile ?? name.toLowerCase());

  if (errors.length > 0 || origin === null || lockAfter === null) return { errors };
  return {
    options: {
      server: origin,
      username: username ?? '',
      profileOf,
      importFile: values.import === undefined ? null : resolve(cwd, values.import),
      lockAfterMs: lockAfter * 60_000,
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
    server: { type: 'string' },
    username: { type: 'string' },
    profile: { type: 'string' },
    import: { type: 'string' },
    'lock-after': { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return { values: parseArgs({ args: [...args], options, strict: true }).values, problem: null };
  } catch (error) {
    return { values: {}, problem: error instanceof Error ? error.message : String(error) };
  }
}

function originOf(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  return /^https?:$/.test(url.protocol) && bare ? url.origin : null;
}
