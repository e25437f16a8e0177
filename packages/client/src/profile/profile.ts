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
import { foldName } from '@secure-chat/wire/names';
import type { Database } from 'better-sqlite3';
import { ClientError, profileDamaged } from '../client-error.ts';
import { type ContactTable, createContactTable } from './contacts.ts';
import { createDatabase, openDatabase, refusal } from './database.ts';
import { createHistory, type History } from './history.ts';
import { createIdentityTable, type Identity, type IdentityTable } from './identity.ts';
import { createSealer } from './sealed.ts';
import { createSymmetricKeyTable, type SymmetricKeyTable } from './symmetric-keys.ts';
import { createVault, isSoundVault, type KdfCost, openVault, type Vault } from './vault.ts';
import {
  createOutboxTable,
  createUndecryptableTable,
  type OutboxTable,
  type UndecryptableTable,
} from './waiting.ts';

/** An unlocked profile: one SQLite file, open in one process at a time. */
export interface Profile {
  readonly identity: IdentityTable;
  readonly contacts: ContactTable;
  readonly symmetricKeys: SymmetricKeyTable;
  readonly history: History;
  readonly outbox: OutboxTable;
  readonly undecryptable: UndecryptableTable;
  /** True the first time that a record of this kind, sender and id is asked about. */
  firstSight(kind: 'key' | 'message', sender: string, id: string): boolean;
  /** All of it on the disk when it returns, or none. */
  transaction<T>(work: () => T): T;
  close(): void;
}

const FILE = 'profile.db';
/** The file under construction: renamed when complete, so that a profile is whole or absent. */
const UNFINISHED = 'profile.new';

export const profileExists = (profile: string): boolean => existsSync(join(profile, FILE));

/** Throws ClientError profile_exists when the folder holds anything already. */
export async function createProfile(options: {
  profile: string;
  password: string;
  identity: Identity;
  cost?: KdfCost;
}): Promise<Profile> {
  const { profile } = options;
  const { vault, dataKey } = await createVault(options.password, options.cost);
  mkdirSync(profile, { recursive: true, mode: 0o700 });
  removeFiles(profile, UNFINISHED);
  if (readdirSync(profile).length > 0)
    throw new ClientError('profile_exists', `The folder ${profile} is not empty. Choose a new one.`);
  chmodSync(profile, 0o700);
  const unfinished = join(profile, UNFINISHED);
  const db = createDatabase(unfinished);
  try {
    db.prepare('INSERT INTO vault VALUES (1, ?, ?, ?, ?, ?)').run(
      vault.memoryKib,
      vault.passes,
      vault.lanes,
      vault.salt,
      vault.wrappedKey,
    );
    createIdentityTable(db, createSealer(dataKey)).put(options.identity);
  } finally {
    db.close();
  }
  renameSync(unfinished, join(profile, FILE));
  syncFolder(profile);
  return unlocked(openDatabase(join(profile, FILE)), dataKey);
}

/** Throws ClientError: no_profile, wrong_password, profile_in_use, profile_damaged. */
export async function openProfile(profile: string, password: string): Promise<Profile> {
  if (!profileExists(profile))
    throw new ClientError('no_profile', `There is no profile in ${profile}. Create an account first.`);
  const db = openDatabase(join(profile, FILE));
  try {
    const vault = db
      .prepare<[], Vault>(
        'SELECT memory_kib AS memoryKib, passes, lanes, salt, wrapped_key AS wrappedKey FROM vault',
      )
      .get();
    if (!vault || !isSoundVault(vault)) throw profileDamaged();
    const dataKey = await openVault(vault, password);
    if (!dataKey) throw new ClientError('wrong_password', 'The password is wrong. Try again.');
    return unlocked(db, dataKey);
  } catch (error) {
    db.close();
    throw refusal(error);
  }
}

/** Removes what a profile consists of, and its folder when nothing else is in it. */
export function removeProfile(profile: string): void {
  removeFiles(profile, FILE);
  if (readdirSync(profile).length === 0) rmSync(profile, { recursive: true });
}

function unlocked(db: Database, dataKey: Buffer): Profile {
  const sealer = createSealer(dataKey);
  const see = db.prepare<[Buffer]>('INSERT OR IGNORE INTO seen (record) VALUES (?)');
  return {
    identity: createIdentityTable(db, sealer),
    contacts: createContactTable(db, sealer),
    symmetricKeys: createSymmetricKeyTable(db, sealer),
    history: createHistory(db, sealer),
    outbox: createOutboxTable(db, sealer),
    undecryptable: createUndecryptableTable(db, sealer),
    firstSight: (kind, sender, id) =>
      see.run(sealer.index('seen', JSON.stringify([kind, foldName(sender), id]))).changes === 1,
    transaction: (work) => db.transaction(work).immediate(),
    close: () => void db.close(),
  };
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
