import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder } from '@secure-chat/service-kit/data-folder';
import Database from 'better-sqlite3';

/**
 * Takes a data folder (made when absent) for one system in one process, until it is given back or the process ends,
 * however it ends. Throws while another one has it. Services in processes of their own may share a folder: they do
 * not ask for it.
 */
export function lockDataFolder(folder: string): { release(): void } {
  makeDataFolder(folder);
  const file = join(folder, 'stack.lock');
  writeFileSync(file, '', { flag: 'a', mode: 0o600 });
  chmodSync(file, 0o600);
  // SQLite's lock is the operating system's, which a killed process leaves no trace of. The file stays empty.
  const lock = new Database(file, { timeout: 0 });
  try {
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (!(error instanceof Database.SqliteError && error.code === 'SQLITE_BUSY')) throw error;
    throw new Error(`another secure-chat runs on ${folder}`, { cause: error });
  }
  return { release: () => void lock.close() };
}
