import { closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ClientError, profileDamaged } from '../client-error.ts';

/** "SChP": tells a profile from other SQLite files. */
const APPLICATION_ID = 0x53436850;
const SCHEMA_VERSION = 1;

/** Every value is sealed. What is not: counts, the order of rows, and which rows belong to one contact. */
const SCHEMA = `
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
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** A new database with empty tables, readable by its owner alone. */
export function createDatabase(file: string): Database.Database {
  closeSync(openSync(file, 'wx', 0o600));
  const db = new Database(file, { timeout: 0 });
  db.pragma('locking_mode = EXCLUSIVE');
  db.pragma('journal_mode = WAL');
  settle(db);
  db.exec(`BEGIN; ${SCHEMA} COMMIT`);
  return db;
}

/**
 * An existing database, locked until it is closed. A lock ends with its process, so a crash leaves none behind.
 * Writes nothing before the file is known to be sound. Throws ClientError: profile_in_use, profile_damaged.
 */
export function openDatabase(file: string): Database.Database {
  let db: Database.Database | undefined;
  try {
    db = new Database(file, { timeout: 0, fileMustExist: true });
    db.pragma('locking_mode = EXCLUSIVE');
    inspect(db);
    settle(db);
    return db;
  } catch (cause) {
    db?.close();
    throw refusal(cause);
  }
}

function inspect(db: Database.Database): void {
  const sound =
    db.pragma('application_id', { simple: true }) === APPLICATION_ID &&
    db.pragma('quick_check(1)', { simple: true }) === 'ok';
  if (!sound) throw profileDamaged();
  if (db.pragma('user_version', { simple: true }) !== SCHEMA_VERSION)
    throw new ClientError(
      'profile_damaged',
      'The profile was made by a newer version of this program. Update the program, then try again.',
    );
}

/** Deleted content is overwritten, every commit reaches the disk, nothing goes to temporary files. */
function settle(db: Database.Database): void {
  db.pragma('secure_delete = ON');
  db.pragma('synchronous = FULL');
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
