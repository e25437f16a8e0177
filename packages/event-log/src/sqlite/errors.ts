import Database from 'better-sqlite3';
import { EventLogError } from '../errors.ts';

/** What SQLite reports (busy, full, I/O) is for the caller to try again; anything else stays as it is. */
export const asEventLogError = (error: unknown): unknown =>
  error instanceof Database.SqliteError
    ? new EventLogError('unavailable', 'The event log could not read or write its file', { cause: error })
    : error;

export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
