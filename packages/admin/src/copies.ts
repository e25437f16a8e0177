import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { readKeyFile } from '@secure-chat/service-kit/key-file';
import { AdminStorage } from '@secure-chat/wire/admin-api';
import Database from 'better-sqlite3';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { AdminError, EXIT } from './exit-codes.ts';

/**
 * The files of a backup, in the order in which they are taken: what is in the log before the copy of the accounts is made is made
 * up for from those. The directory's tables are not among them: it makes them anew from the log.
 */
export const DATABASES = ['event-log.db', 'auth.db'] as const;
export const KEY = 'service.key';
const MANIFEST = 'backup.json';

/** Of every version: a file without them is none of ours, and would be taken for an empty one. */
const TABLES = {
  'event-log.db': ['topic', 'mailbox_record', 'event'],
  'auth.db': ['accounts', 'sessions'],
} as const;

/** What a backup says of itself. */
export const Manifest = Type.Object({
  format: Type.Literal(1),
  /** Unix milliseconds. */
  madeAt: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  files: Type.Array(Type.Enum([...DATABASES, KEY])),
  storage: AdminStorage,
});
export type Manifest = Type.Static<typeof Manifest>;

/** A consistent copy (0600) of a database that others may be writing to. They are not held up. */
export function copyDatabase(from: string, to: string): void {
  writeFileSync(to, '', { mode: 0o600, flag: 'wx' });
  const source = new Database(from, { readonly: true, fileMustExist: true });
  try {
    source.prepare('VACUUM INTO ?').run(to);
  } finally {
    source.close();
  }
}

/** A copy (0600) of the key file. */
export function copyKey(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

/** Throws AdminError where the file is not what a backup has under its name: a whole database with its tables, or keys. */
export function checkFile(folder: string, name: Manifest['files'][number]): void {
  const file = join(folder, name);
  if (!statSync(file).isFile()) throw new AdminError(EXIT.failed, `${file} is no regular file.`);
  const problem = problemOf(file, name);
  if (problem !== null) throw new AdminError(EXIT.failed, problem);
}

/** SQLite takes an empty file for a whole database. */
function problemOf(file: string, name: Manifest['files'][number]): string | null {
  try {
    if (name === KEY) {
      readKeyFile(file);
      return null;
    }
    const database = new Database(file, { readonly: true, fileMustExist: true });
    try {
      if (database.pragma('integrity_check', { simple: true }) !== 'ok') return `${file} is damaged.`;
      const has = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?");
      const missing = TABLES[name].filter((table) => has.get(table) === undefined);
      return missing.length > 0 ? `${file} is not what a backup has: it lacks ${missing.join(', ')}.` : null;
    } finally {
      database.close();
    }
  } catch (error) {
    return `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

export function writeManifest(folder: string, manifest: Manifest): void {
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 });
}

/** Throws AdminError where the folder is no backup, or lacks a file of it. */
export function readManifest(folder: string): Manifest {
  const file = join(folder, MANIFEST);
  const manifest = parsed(file);
  if (!Value.Check(Manifest, manifest))
    throw new AdminError(EXIT.failed, `${folder} is no backup that this version can read.`);
  for (const name of manifest.files)
    if (!existsSync(join(folder, name))) throw new AdminError(EXIT.failed, `${folder} lacks its ${name}.`);
  return manifest;
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Makes a folder (0700) beside another one, for what takes its place when it is complete. */
export function folderBeside(folder: string): string {
  const beside = `${folder}.${process.pid}.part`;
  mkdirSync(beside, { recursive: true, mode: 0o700 });
  return beside;
}
