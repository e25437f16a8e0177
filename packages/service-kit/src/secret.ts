import { type Environment, resolvePath, type Setting } from './config.ts';
import { readSecretFile, SECRET_MAX } from './secret-file.ts';

/** What a secret's text means; or the end of a sentence that says what it must, without the text. */
export type ParseSecret<T> = (text: string) => { value: T } | { error: string };

/**
 * The one way to a secret X: what the variable `X` holds, or the file that `X_FILE` names; null without both. The file is
 * somebody else's: it may be read-only and readable by others, and is left as it is; the end of its last line does not count.
 * The error ends a sentence that begins with X.
 */
export function readSecret<T>(
  name: string,
  env: Environment,
  parse: ParseSecret<T>,
): { value: T | null } | { error: string } {
  const [given, file] = [env[name], env[`${name}_FILE`]];
  if (!file) return given ? parsed(given, parse) : { value: null };
  if (given) return { error: `and ${name}_FILE are both given: give one of them` };
  const text = readSecretFile(resolvePath(file, env));
  const secret = 'error' in text ? text : parsed(text.value.replace(/\r?\n$/, ''), parse);
  return 'error' in secret ? { error: `of ${name}_FILE ${file}: ${secret.error}` } : secret;
}

/** The setting of the secret X. */
export const secret =
  <T>(name: string, parse: ParseSecret<T>): Setting<T | null> =>
  (_text, env) =>
    readSecret(name, env, parse);

/** A secret that is a line of text. */
export const line: ParseSecret<string> = (text) =>
  /[\r\n]/.test(text) ? { error: 'must hold one line' } : { value: text };

const parsed = <T>(text: string, parse: ParseSecret<T>): { value: T } | { error: string } =>
  text === '' || text.length > SECRET_MAX || text.includes('\0')
    ? { error: `must hold 1 to ${SECRET_MAX} characters` }
    : parse(text);
