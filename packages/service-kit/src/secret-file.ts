import { readFileSync } from 'node:fs';
import { type Environment, resolvePath } from './config.ts';

/** Bytes of a file that may hold a secret: a mistaken path must not be read without end. */
const SECRET_MAX = 4_096;

/**
 * The one line of a file that somebody else looks after: it may be read-only and readable by others, and is left as it
 * is. Returns the reason, without what the file holds, when it cannot be read or holds anything else.
 */
export function readSecretFile(path: string, env: Environment): { value: string } | { error: string } {
  try {
    const text = readFileSync(resolvePath(path, env), 'utf8').replace(/\r?\n$/, '');
    const sound = text !== '' && text.length <= SECRET_MAX && !/[\0\r\n]/.test(text);
    return sound ? { value: text } : { error: `must hold one line of at most ${SECRET_MAX} characters` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { error: `cannot be read (${code})` };
  }
}
