import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Characters that a secret may have: a mistaken path must not be taken for one. */
export const SECRET_MAX = 4_096;

/** Of UTF-8, which takes 3 bytes at most for each, with the end of the line and one more, by which a longer file is known. */
const READ_MAX = SECRET_MAX * 3 + 2 + 1;

/**
 * The text of a file that holds a secret. At most 12,291 bytes of it are read, and nothing of what is no regular file: a pipe may never
 * say anything, and a device may never end. The error ends a sentence that begins with the file.
 */
export function readSecretFile(path: string): { value: string } | { error: string } {
  let file: number | null = null;
  try {
    // A pipe without a writer is opened at once.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return { error: 'is no regular file' };
    const bytes = Buffer.alloc(READ_MAX);
    let length = 0;
    for (let read = -1; read !== 0 && length < READ_MAX; length += read)
      read = readSync(file, bytes, length, READ_MAX - length, null);
    return { value: bytes.toString('utf8', 0, length) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    return { error: `cannot be read (${code})` };
  } finally {
    if (file !== null) closeSync(file);
  }
}
