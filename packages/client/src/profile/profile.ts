import { writeFileSync } from 'node:fs';
import { foldName } from '@secure-chat/wire/names';
import type { Database } from 'better-sqlite3';
import { ClientError, profileDamaged } from '../client-error.ts';
import { openArchive, sealArchive } from './archive.ts';
import { type ContactTable, createContactTable } from './contacts.ts';
import { createDatabase, openDatabase, refusal, upgrade } from './database.ts';
import { createDraftTable, type DraftTable } from './drafts.ts';
import { makeFolder, profileExists, profileFile } from './folder.ts';
import { createHistory, type History } from './history.ts';
import { createIdentityTable, type Identity, type IdentityTable } from './identity.ts';
import { createKeyLogTable, type KeyLogTable } from './key-log.ts';
import { createMailboxTable, type MailboxTable } from './mailboxes.ts';
import { createMissingTable, type MissingTable } from './missing.ts';
import { createNoticeTable, type NoticeTable } from './notices.ts';
import { createOwnKeys, type OwnKeys } from './own-keys.ts';
import { createPeerTable, type PeerTable } from './peers.ts';
import { createRatchetTable, type RatchetTable } from './ratchets.ts';
import { createSealer } from './sealed.ts';
import {
  createReceivedSeries,
  createSentSeries,
  type ReceivedSeries,
  type SentSeries,
  type SeriesTable,
} from './series.ts';
import { createSettingsTable, type SettingsTable } from './settings.ts';
import { createSymmetricKeyTable, type SymmetricKeyTable } from './symmetric-keys.ts';
import { createVault, type KdfCost, openVault, wrapDataKey } from './vault.ts';
import { readVault, writeVault } from './vault-table.ts';
import {
  createOutboxTable,
  createUndecryptableTable,
  createWaitingExchangeTable,
  type OutboxTable,
  type UndecryptableTable,
  type WaitingExchangeTable,
} from './waiting.ts';
import { createWarningTable, type WarningTable } from './warnings.ts';

/** An unlocked profile: one SQLite file, open in one process at a time. */
export interface Profile {
  readonly identity: IdentityTable;
  readonly contacts: ContactTable;
  readonly symmetricKeys: SymmetricKeyTable;
  readonly history: History;
  readonly outbox: OutboxTable;
  readonly undecryptable: UndecryptableTable;
  readonly ownKeys: OwnKeys;
  readonly peers: PeerTable;
  readonly ratchets: RatchetTable;
  readonly waitingExchanges: WaitingExchangeTable;
  readonly keyLog: KeyLogTable;
  readonly mailboxes: MailboxTable;
  readonly warnings: WarningTable;
  readonly sentSeries: SeriesTable<SentSeries>;
  readonly receivedSeries: SeriesTable<ReceivedSeries>;
  readonly missing: MissingTable;
  readonly drafts: DraftTable;
  readonly notices: NoticeTable;
  readonly settings: SettingsTable;
  /** True the first time that one of this kind, sender and id is asked about: a record's id, or one inside the encryption. */
  firstSight(kind: 'key' | 'message' | 'exchange' | 'body', sender: string, id: string): boolean;
  /** Whether `firstSight` was asked before. */
  seen(kind: 'exchange', sender: string, id: string): boolean;
  /** All of it on the disk when it returns, or none. */
  transaction<T>(work: () => T): T;
  /**
   * All of it or none, like `transaction`, and the end of this process takes nothing of it back; a power failure may,
   * until something is flushed after it. For what would only be done again. Within a transaction it is a part of that.
   */
  lightTransaction<T>(work: () => T): T;
  /** What was deleted is on the disk no more: neither in the file nor in its log. */
  sweep(): void;
  /** The whole profile, encrypted: what `importProfile` reads. */
  export(): Buffer;
  /** Throws ClientError wrong_password for another one than the profile's. */
  assertPassword(password: string): Promise<void>;
  /**
   * Wraps the data key under another password: what it resolves to writes that, and is for a transaction, with `sweep` behind it.
   * Throws ClientError wrong_password.
   */
  rewrap(current: string, next: string): Promise<() => void>;
  close(): void;
}

/** Throws ClientError profile_exists when the folder holds anything already. */
export async function createProfile(options: {
  profile: string;
  password: string;
  identity: Identity;
  cost?: KdfCost;
}): Promise<Profile> {
  const { profile } = options;
  const { vault, dataKey } = await createVault(options.password, options.cost);
  makeFolder(profile, (unfinished) => {
    const db = createDatabase(unfinished);
    try {
      writeVault(db, vault);
      createIdentityTable(db, createSealer(dataKey)).put(options.identity);
    } finally {
      db.close();
    }
  });
  return unlocked(openDatabase(profileFile(profile)), dataKey);
}

/** Throws ClientError: no_profile, wrong_password, profile_in_use, profile_damaged. */
export async function openProfile(profile: string, password: string): Promise<Profile> {
  if (!profileExists(profile))
    throw new ClientError('no_profile', `There is no profile in ${profile}. Create an account first.`);
  const db = openDatabase(profileFile(profile));
  try {
    const dataKey = await openVault(readVault(db), password);
    if (!dataKey) throw wrongPassword();
    return unlocked(db, dataKey);
  } catch (error) {
    db.close();
    throw refusal(error);
  }
}

/**
 * A new profile out of what `export` wrote. It may be an old copy, so it sends nothing under keys that the original may
 * have used since: it makes new ones. Throws ClientError: wrong_password, profile_exists, profile_damaged.
 */
export async function importProfile(archive: Buffer, profile: string, password: string): Promise<Profile> {
  const opened = await openArchive(archive, password);
  if (opened === 'wrong password') throw wrongPassword();
  if (opened === 'damaged') throw profileDamaged();
  const { dataKey, database } = opened;
  makeFolder(profile, (unfinished) => {
    writeFileSync(unfinished, database, { flag: 'wx', mode: 0o600, flush: true });
    const restored = unlocked(openDatabase(unfinished), dataKey);
    try {
      restored.transaction(() => {
        restored.ratchets.retireAll();
        for (const contact of restored.sentSeries.contacts()) endSeries(restored.sentSeries, contact);
        restored.ownKeys.expireNewest();
      });
    } finally {
      restored.close();
    }
  });
  return unlocked(openDatabase(profileFile(profile)), dataKey);
}

/** The original may have given the next numbers already. */
function endSeries(table: SeriesTable<SentSeries>, contact: number): void {
  const series = table.newest(contact);
  if (series) table.put(contact, { ...series, identity: '' });
}

const wrongPassword = (): ClientError =>
  new ClientError('wrong_password', 'The password is wrong. Try again.');

/** Over an open database, which it closes in the end, and the data key of its vault. */
export function unlocked(db: Database, dataKey: Buffer): Profile {
  upgrade(db);
  const sealer = createSealer(dataKey);
  const see = db.prepare<[Buffer]>('INSERT OR IGNORE INTO seen (record) VALUES (?)');
  const look = db.prepare<[Buffer]>('SELECT 1 FROM seen WHERE record = ?');
  const sight = (kind: string, sender: string, id: string): Buffer =>
    sealer.index('seen', JSON.stringify([kind, foldName(sender), id]));
  const assertPassword = async (password: string): Promise<void> => {
    if (!(await openVault(readVault(db), password))) throw wrongPassword();
  };
  return {
    identity: createIdentityTable(db, sealer),
    contacts: createContactTable(db, sealer),
    symmetricKeys: createSymmetricKeyTable(db, sealer),
    history: createHistory(db, sealer),
    outbox: createOutboxTable(db, sealer),
    undecryptable: createUndecryptableTable(db, sealer),
    ownKeys: createOwnKeys(db, sealer),
    peers: createPeerTable(db, sealer),
    ratchets: createRatchetTable(db, sealer),
    waitingExchanges: createWaitingExchangeTable(db, sealer),
    keyLog: createKeyLogTable(db, sealer),
    mailboxes: createMailboxTable(db),
    warnings: createWarningTable(db, sealer),
    sentSeries: createSentSeries(db, sealer),
    receivedSeries: createReceivedSeries(db, sealer),
    missing: createMissingTable(db, sealer),
    drafts: createDraftTable(db, sealer),
    notices: createNoticeTable(db, sealer),
    settings: createSettingsTable(db, sealer),
    firstSight: (kind, sender, id) => see.run(sight(kind, sender, id)).changes === 1,
    seen: (kind, sender, id) => look.get(sight(kind, sender, id)) !== undefined,
    transaction: (work) => db.transaction(work).immediate(),
    lightTransaction(work) {
      if (db.inTransaction) return work();
      db.pragma('synchronous = NORMAL');
      try {
        return db.transaction(work).immediate();
      } finally {
        db.pragma('synchronous = FULL');
      }
    },
    sweep: () => void db.pragma('wal_checkpoint(TRUNCATE)'),
    export: () => sealArchive(readVault(db), dataKey, db.serialize()),
    assertPassword,
    async rewrap(current, next) {
      const vault = readVault(db);
      await assertPassword(current);
      const wrapped = await wrapDataKey(dataKey, next, vault);
      return () => writeVault(db, wrapped);
    },
    close: () => void db.close(),
  };
}
