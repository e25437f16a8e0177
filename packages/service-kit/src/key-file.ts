import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Logger } from './logger.ts';
import { readSecretFile } from './secret-file.ts';
import { serviceKeys } from './service-key-setting.ts';
import { KEY_BYTES, type Keys } from './service-keys.ts';

/**
 * Makes the file with one new key, mode 0600, where there is none; of several processes that do so at once the first wins.
 * What a rotation left unfinished beside it goes.
 */
export function makeKeyFile(file: string): void {
  // A complete file appears at once under its name.
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  writeDurably(draft, [randomBytes(KEY_BYTES)]);
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  if (statSync(file).mode & 0o077) chmodSync(file, 0o600);
  rmSync(`${file}.next`, { force: true });
}

/** Other keys in the place of those in the file: all of them or none, and durably, before anything is sealed under them. */
export function replaceKeyFile(file: string, keys: Keys): void {
  const draft = `${file}.next`;
  rmSync(draft, { force: true });
  writeDurably(draft, keys);
  renameSync(draft, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/**
 * The keys in the file as it is now. It is looked at each time, which takes 2 µs, and read when it is another one: so what is
 * rotated by one process is known to all at once, and a key that was taken out opens nothing any more. A file that
 * cannot be used is logged, and the keys of before stay. Throws when it cannot be used at first.
 */
export function followKeyFile(file: string, logger: Logger): () => Keys {
  const look = (): string => {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stat ? [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join() : 'missing';
  };
  let seen = look();
  let keys = readKeyFile(file);
  return () => {
    const now = look();
    if (now === seen) return keys;
    seen = now;
    try {
      keys = readKeyFile(file);
    } catch (error) {
      logger.error({ err: error }, 'the service keys of before are used further');
    }
    return keys;
  };
}

/** The keys in the file. Throws when it is no regular file, or holds none. */
export function readKeyFile(file: string): Keys {
  const text = readSecretFile(file);
  const keys = 'error' in text ? text : serviceKeys(text.value);
  if ('error' in keys) throw new Error(`${file} does not hold service keys: it ${keys.error}`);
  return keys.value;
}

function writeDurably(file: string, keys: Keys): void {
  const text = keys.map((key) => `${key.toString('hex')}\n`).join('');
  writeFileSync(file, text, { mode: 0o600, flag: 'wx', flush: true });
}
