import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import own from '../../package.json' with { type: 'json' };

/** Bytes of the file: a crash has about one KiB, and those of last month help nobody. Beyond it the file begins anew. */
export const CRASH_LOG_MAX = 64 * 1024;
/** UTF-16 units of one crash. */
const ENTRY_MAX = 8 * 1024;

/** XDG base directories: what a program notes of itself is state. */
export const crashLogFile = (env: Readonly<Record<string, string | undefined>>): string =>
  join(
    env.XDG_STATE_HOME && isAbsolute(env.XDG_STATE_HOME)
      ? env.XDG_STATE_HOME
      : join(homedir(), '.local', 'state'),
    'secure-chat',
    'crash.log',
  );

/**
 * Adds a crash to the file, which its owner alone can read: when, which version, the kind of the error, and where in the program.
 * No message of an error: it may quote what was being read. Returns the file's path, or null when it could not be written.
 */
export function logCrash(file: string, error: unknown, now: number): string | null {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants;
    const log = openSync(file, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600);
    try {
      fchmodSync(log, 0o600);
      const entry = entryOf(error, now);
      if (fstatSync(log).size + Buffer.byteLength(entry) > CRASH_LOG_MAX) ftruncateSync(log);
      writeSync(log, entry);
    } finally {
      closeSync(log);
    }
    return file;
  } catch {
    return null;
  }
}

function entryOf(error: unknown, now: number): string {
  const { platform, arch, version } = process;
  const head = `${new Date(now).toISOString()} secure-chat ${own.version}, Node ${version}, ${platform} ${arch}`;
  return `${[head, ...placesOf(error)].join('\n').slice(0, ENTRY_MAX)}\n\n`;
}

/** The lines of a stack without what stands above them. */
function placesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [`threw a ${typeof error}`];
  const places = (error.stack ?? '')
    .replace(error.message, '')
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
  const cause = error.cause === undefined ? [] : ['caused by', ...placesOf(error.cause)];
  return [error.constructor.name, ...places, ...cause];
}
