import { chmodSync, closeSync, openSync } from 'node:fs';
import Database from 'better-sqlite3';
import { migrate } from './schema.ts';

/** Milliseconds that opening waits for other processes that open, migrate or recover the same file. */
const OPEN_BUSY_MS = 5_000;

/**
 * Milliseconds that one statement waits for another process, on the event loop: enough for a reader to outlast the recovery
 * of a killed writer's log. Who wants to write for longer tries again without holding the loop (see `createGroupCommit`).
 */
const STATEMENT_BUSY_MS = 50;

/** Bytes. Of 8,192, a commit of 13 to 32 appends of 600 bytes writes 1.4 to 1.7 times the log, and is no faster. */
const PAGE_SIZE = 4096;

/** Pages (2 MiB) of write-ahead log after which a commit moves them into the file: bounds that commit's extra time (about 3 ms). */
const CHECKPOINT_PAGES = 512;

/** Bytes that the write-ahead log keeps on disk after a checkpoint; a burst may make it larger for a while. */
const WAL_KEPT = 16 * 1024 * 1024;

/**
 * Opens (or makes, mode 0600) the file of an embedded event log. What was committed survives a power cut. Throws when
 * the file cannot be opened, is not a database of ours, or was written by a newer version; the error names it.
 */
export function openDatabase(file: string): Database.Database {
  // SQLite gives its -wal and -shm files the mode of this one.
  closeSync(openSync(file, 'a', 0o600));
  chmodSync(file, 0o600);
  const database = new Database(file, { timeout: OPEN_BUSY_MS });
  try {
    database.pragma(`page_size = ${PAGE_SIZE}`);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
    database.pragma(`journal_size_limit = ${WAL_KEPT}`);
    migrate(database);
    database.pragma(`busy_timeout = ${STATEMENT_BUSY_MS}`);
    return database;
  } catch (error) {
    database.close();
    if (!(error instanceof Database.SqliteError)) throw error;
    throw new Error(`cannot open ${file}: ${error.message}`, { cause: error });
  }
}
