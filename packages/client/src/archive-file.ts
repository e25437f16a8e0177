import { open, readFile, rm, stat } from 'node:fs/promises';
import { ClientError } from './client-error.ts';
import { ARCHIVE_BYTES_MAX } from './profile/archive.ts';

/** Writes a new file that its owner alone can read. Throws ClientError refused; no part of it is left then. */
export async function writeArchive(file: string, archive: Buffer): Promise<void> {
  if (archive.length > ARCHIVE_BYTES_MAX)
    throw new ClientError(
      'refused',
      'The profile is too large for one file. Delete some of its history first.',
    );
  const handle = await open(file, 'wx', 0o600).catch((cause: unknown) => {
    throw new ClientError('refused', `Cannot write ${file}: ${reasonOf(cause)}. Choose another name.`, {
      cause,
    });
  });
  try {
    await handle.writeFile(archive);
    await handle.sync();
  } catch (cause) {
    await rm(file, { force: true });
    throw new ClientError('refused', `Cannot write ${file}: ${reasonOf(cause)}. Choose another place.`, {
      cause,
    });
  } finally {
    await handle.close();
  }
}

/** Throws ClientError refused. */
export async function readArchive(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file);
    if (size > ARCHIVE_BYTES_MAX) throw new Error('it is too large');
    return await readFile(file);
  } catch (cause) {
    throw new ClientError('refused', `Cannot read ${file}: ${reasonOf(cause)}. Check the path.`, { cause });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EEXIST: 'there is such a file already',
  ENOENT: 'there is no such file or folder',
  EACCES: 'it is not allowed',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return ('code' in error ? REASONS[String(error.code)] : undefined) ?? error.message;
}
