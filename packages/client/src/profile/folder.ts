import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { join } from 'node:path';
import { ClientError } from '../client-error.ts';

/** The folder of a profile: one file in it, readable by its owner alone. */

const FILE = 'profile.db';
/** The file under construction: renamed when complete, so that a profile is whole or absent. */
const UNFINISHED = 'profile.new';

export const profileFile = (profile: string): string => join(profile, FILE);
export const profileExists = (profile: string): boolean => existsSync(profileFile(profile));

/** Has `make` write the file of a new profile. Throws ClientError profile_exists when the folder holds anything already. */
export function makeFolder(profile: string, make: (unfinished: string) => void): void {
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  removeFiles(profile, UNFINISHED);
  if (readdirSync(profile).length > 0)
    throw new ClientError('profile_exists', `The folder ${profile} is not empty. Choose a new one.`);
  chmodSync(profile, 0o700);
  const unfinished = join(profile, UNFINISHED);
  try {
    make(unfinished);
  } catch (error) {
    removeFiles(profile, UNFINISHED);
    throw error;
  }
  renameSync(unfinished, profileFile(profile));
  syncFolder(profile);
}

/** Removes what a profile consists of, and its folder when nothing else is in it. */
export function removeProfile(profile: string): void {
  removeFiles(profile, FILE);
  if (readdirSync(profile).length === 0) rmSync(profile, { recursive: true });
}

/** SQLite's own companions (`-wal`, `-shm`, `-journal`) go too. */
function removeFiles(folder: string, name: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(join(folder, name + suffix), { force: true });
}

/** Makes the rename itself survive a power cut. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
