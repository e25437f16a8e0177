import { resolve } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Turns a setting's text into its value; returns the reason as a sentence's end when it cannot. */
export type Setting<T> = (text: string | undefined, env: Environment) => { value: T } | { error: string };

export type Settings<T> = { [Name in keyof T]: Setting<T[Name]> };

/** All that is wrong with a configuration, a sentence a line. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

/**
 * Reads settings from an environment. A malformed value is an error, never replaced by the default; an empty one
 * counts as absent. Throws `ConfigError` with every problem at once.
 */
export function readConfig<T>(settings: Settings<T>, env: Readonly<Record<string, string | undefined>>): T {
  const problems: string[] = [];
  const values: Partial<T> = {};
  for (const name in settings) {
    const result = settings[name](env[name] === '' ? undefined : env[name], env);
    if ('error' in result) problems.push(`${name} ${result.error}`);
    else values[name] = result.value;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values as T;
}

const optional =
  <T>(fallback: T, parse: (text: string) => { value: T } | { error: string }): Setting<T> =>
  (text) =>
    text === undefined ? { value: fallback } : parse(text);

const quoted = (text: string): string => JSON.stringify(text.slice(0, 80));

export const port = (fallback: number): Setting<number> =>
  optional(fallback, (text) => {
    const number = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
    return number <= 65_535
      ? { value: number }
      : { error: `must be a port from 0 to 65535, not ${quoted(text)}` };
  });

/** A port, or null when there is to be none. */
export const optionalPort: Setting<number | null> = (text, env) =>
  text === undefined ? { value: null } : port(0)(text, env);

/** A whole number from `least` to `most`. */
export const integer = (fallback: number, least: number, most: number): Setting<number> =>
  optional(fallback, (text) => {
    const number = /^-?\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    return number >= least && number <= most
      ? { value: number }
      : { error: `must be a whole number from ${least} to ${most}, not ${quoted(text)}` };
  });

export const host = (fallback: string): Setting<string> =>
  optional(fallback, (text) =>
    /^[A-Za-z0-9.:_-]{1,253}$/.test(text)
      ? { value: text }
      : { error: `must be a host name or an address, not ${quoted(text)}` },
  );

/** A folder or file; relative to the folder in which npm was called, and to the working directory without npm. */
export const path =
  (fallback: string): Setting<string> =>
  (text = fallback, env) =>
    text.includes('\0') ? { error: 'must be a path' } : { value: resolvePath(text, env) };

export const resolvePath = (text: string, env: Environment): string => resolve(env.INIT_CWD ?? '.', text);

export const oneOf = <const T extends string>(choices: readonly T[], fallback: T): Setting<T> =>
  optional(fallback, (text) => {
    const value = choices.find((choice) => choice === text);
    return value === undefined
      ? { error: `must be one of ${choices.join(', ')}, not ${quoted(text)}` }
      : { value };
  });

/** The origin of an HTTP server, without a path. */
export const origin = (fallback: string): Setting<string> => optional(fallback, parseOrigin);

/** Origins of HTTP servers that do the same, separated by commas. One that stands there twice is a mistake. */
export const origins = (fallback: string): Setting<readonly string[]> =>
  optional<readonly string[]>([fallback], (text) => {
    const values: string[] = [];
    for (const part of text.split(',')) {
      const parsed = parseOrigin(part.trim());
      if ('error' in parsed) return parsed;
      if (values.includes(parsed.value)) return { error: `names ${parsed.value} twice` };
      values.push(parsed.value);
    }
    return { value: values };
  });

function parseOrigin(text: string): { value: string } | { error: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  const sound = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.username;
  return sound
    ? { value: url.origin }
    : {
        // Without the password that such a text may hold.
        error: `must be an http(s) origin such as http://127.0.0.1:8001, not ${quoted(text.replace(/.*@/s, '…@'))}`,
      };
}

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
