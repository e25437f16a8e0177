import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ClientError, profileDamaged } from '../client-error.ts';

/** "SChP": tells a profile from other SQLite files. */
const APPLICATION_ID = 0x53436850;

/**
 * Every value is sealed. What is not: counts, the order of rows, which rows belong to one contact, when a message is to be
 * deleted, and hashes of what the server publishes anyway.
 */
const VERSION_1 = `
  CREATE TABLE vault (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    memory_kib INTEGER NOT NULL, passes INTEGER NOT NULL, lanes INTEGER NOT NULL,
    salt BLOB NOT NULL, wrapped_key BLOB NOT NULL
  ) STRICT;
  CREATE TABLE identity (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL) STRICT;
  CREATE TABLE contacts (
    id INTEGER PRIMARY KEY, name_index BLOB NOT NULL UNIQUE, value BLOB NOT NULL, public_key BLOB
  ) STRICT;
  CREATE TABLE symmetric_keys (
    id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX symmetric_keys_of_contact ON symmetric_keys (contact, id);
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX messages_of_contact ON messages (contact, id);
  CREATE TABLE outbox (
    message INTEGER PRIMARY KEY REFERENCES messages, contact INTEGER NOT NULL REFERENCES contacts,
    value BLOB NOT NULL
  ) STRICT;
  CREATE TABLE undecryptable (
    message INTEGER PRIMARY KEY REFERENCES messages, contact INTEGER NOT NULL REFERENCES contacts,
    value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX undecryptable_of_contact ON undecryptable (contact, message);
  CREATE TABLE seen (record BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
`;

/**
 * End-to-end encryption, protocol v2, and receipts. A row of `missing` is named by the id that its message will have.
 * `message_names` find a message by its contact and the ids of its records. A negative `delete_at` is the seconds of a timer that does
 * not run yet; a `hidden` message goes out and is no row of the conversation.
 */
const VERSION_2 = `
  CREATE TABLE own_identity (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL) STRICT;
  CREATE TABLE own_bundles (serial INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
  CREATE TABLE peers (contact INTEGER PRIMARY KEY REFERENCES contacts, value BLOB NOT NULL) STRICT;
  CREATE TABLE ratchets (
    id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, exchange BLOB NOT NULL UNIQUE,
    value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX ratchets_of_contact ON ratchets (contact);
  CREATE TABLE waiting_exchanges (
    id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX waiting_exchanges_of_contact ON waiting_exchanges (contact, id);
  CREATE TABLE key_log (id INTEGER PRIMARY KEY CHECK (id = 1), size INTEGER NOT NULL, hash BLOB NOT NULL) STRICT;
  CREATE TABLE published (name_index BLOB PRIMARY KEY, bundle BLOB NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE mailboxes (kind TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT;
  CREATE TABLE warnings (id INTEGER PRIMARY KEY, value BLOB NOT NULL) STRICT;
  ALTER TABLE messages ADD COLUMN delete_at INTEGER;
  ALTER TABLE messages ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
  CREATE TABLE message_names (
    name BLOB PRIMARY KEY, message INTEGER NOT NULL REFERENCES messages
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX names_of_message ON message_names (message);
  CREATE TABLE sent_series (
    id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX sent_series_of_contact ON sent_series (contact, id);
  CREATE TABLE received_series (
    id INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX received_series_of_contact ON received_series (contact, id);
  CREATE TABLE missing (
    message INTEGER PRIMARY KEY, contact INTEGER NOT NULL REFERENCES contacts, name BLOB NOT NULL UNIQUE,
    since INTEGER NOT NULL, shown INTEGER NOT NULL, value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX missing_of_contact ON missing (contact, message);
  CREATE TABLE notices (contact INTEGER PRIMARY KEY REFERENCES contacts, value BLOB NOT NULL) STRICT;
  CREATE TABLE drafts (contact INTEGER PRIMARY KEY REFERENCES contacts, value BLOB NOT NULL) STRICT;
  CREATE TABLE settings (id INTEGER PRIMARY KEY CHECK (id = 1), value BLOB NOT NULL) STRICT;
  CREATE INDEX messages_to_delete ON messages (delete_at) WHERE delete_at IS NOT NULL;
`;

/** From the version before, each. */
const VERSIONS = [VERSION_1, VERSION_2];
const SCHEMA_VERSION = VERSIONS.length;

/** KiB of the file that SQLite keeps in memory: what every step reads. Its own 16 MiB would fill with what is read once. */
const CACHE_KIB = 4 * 1024;

/** A new database with empty tables, readable by its owner alone. */
export function createDatabase(file: string): Database.Database {
  closeSync(openSync(file, 'wx', 0o600));
  const db = new Database(file, { timeout: 0 });
  own(db);
  db.pragma('journal_mode = WAL');
  settle(db);
  upgrade(db);
  return db;
}

/**
 * An existing database, locked until it is closed. A lock ends with its process, so a crash leaves none behind.
 * Writes nothing: it may be of an earlier version, see `upgrade`. Throws ClientError: profile_in_use, profile_damaged.
 */
export function openDatabase(file: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: 0, fileMustExist: true });
    own(db);
    inspect(db);
    settle(db);
    return db;
  } catch (cause) {
    db?.close();
    throw refusal(cause);
  }
}

/** For this process alone, and in little memory: before anything is read. */
function own(db: Database.Database): void {
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma('locking_mode = EXCLUSIVE');
}

function inspect(db: Database.Database): void {
  const sound =
    db.pragma('application_id', { simple: true }) === APPLICATION_ID &&
    db.pragma('quick_check(1)', { simple: true }) === 'ok';
  if (!sound) throw profileDamaged();
  if (versionOf(db) > SCHEMA_VERSION)
    throw new ClientError(
      'profile_damaged',
      'The profile was made by a newer version of this program. Update the program, then try again.',
    );
}

const versionOf = (db: Database.Database): number => Number(db.pragma('user_version', { simple: true }));

/** Brings a profile of an earlier version up to this one: all of what is missing, or nothing. */
export function upgrade(db: Database.Database): void {
  const missing = VERSIONS.slice(versionOf(db));
  if (missing.length > 0)
    db.exec(`BEGIN; ${missing.join('')} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`);
}

/**
 * Pages (8 MiB) of write-ahead log after which a commit moves them into the file. A message writes about forty: with SQLite's own
 * 1,000 every twentieth message would pay for that.
 */
const CHECKPOINT_PAGES = 2_000;

/** Deleted content is overwritten, every commit reaches the disk, nothing goes to temporary files. */
function settle(db: Database.Database): void {
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = FULL');
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  db.pragma('temp_store = MEMORY');
  db.pragma('foreign_keys = ON');
}

/** What SQLite's own errors mean while a profile is opened; other errors are returned as they are. */
export function refusal(cause: unknown): unknown {
  if (!(cause instanceof Database.SqliteError)) return cause;
  if (cause.code.startsWith('SQLITE_BUSY'))
    return new ClientError('profile_in_use', 'The profile is open in another window. Close that one first.', {
      cause,
    });
  return profileDamaged(cause);
}
