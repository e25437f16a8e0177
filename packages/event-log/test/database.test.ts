import { chmodSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openDatabase } from '../src/sqlite/database.ts';
import { temporaryFile } from './temporary-file.ts';

const mode = (file: string) => (statSync(file).mode & 0o777).toString(8);

it('keeps the file and its log from other users', async () => {
  const file = await temporaryFile();
  const database = openDatabase(file);
  expect([file, `${file}-wal`, `${file}-shm`].map(mode)).toEqual(['600', '600', '600']);
  database.close();
});

it('takes the rights of other users from a file that was copied carelessly', async () => {
  const file = await temporaryFile();
  openDatabase(file).close();
  chmodSync(file, 0o644);
  openDatabase(file).close();
  expect(mode(file)).toBe('600');
});

it('opens a file while another process writes to it', async () => {
  const file = await temporaryFile();
  const writer = openDatabase(file);
  writer.exec("BEGIN IMMEDIATE; INSERT INTO topic (kind, name) VALUES ('events', 'users')");
  const database = openDatabase(file);
  writer.exec('COMMIT');
  expect(database.prepare('SELECT name FROM topic').pluck().all()).toEqual(['users']);
  for (const each of [writer, database]) each.close();
});

it('flushes each commit to the disk', async () => {
  const database = openDatabase(await temporaryFile());
  expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
  expect(database.pragma('synchronous', { simple: true })).toBe(2);
  database.close();
});

it('refuses a file of a newer version, and leaves it as it is', async () => {
  const file = await temporaryFile();
  const newer = new Database(file);
  newer.exec('CREATE TABLE later (x); PRAGMA user_version = 99');
  newer.close();
  expect(() => openDatabase(file)).toThrow(/newer version \(schema 99; this one knows up to 1\)/);
  const untouched = new Database(file);
  expect(untouched.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['later']);
  expect(untouched.pragma('user_version', { simple: true })).toBe(99);
  untouched.close();
});

it('refuses a file that is not a database, naming it', async () => {
  const file = await temporaryFile();
  writeFileSync(file, 'a letter to a friend, which is not a database at all'.repeat(200));
  expect(() => openDatabase(file)).toThrow(
    expect.objectContaining({
      message: `cannot open ${file}: file is not a database`,
      cause: expect.objectContaining({ code: 'SQLITE_NOTADB' }),
    }),
  );
});

it("refuses another program's database, naming it", async () => {
  const file = await temporaryFile();
  const foreign = new Database(file);
  foreign.exec('CREATE TABLE topic (subject)');
  foreign.close();
  expect(() => openDatabase(file)).toThrow(`cannot open ${file}: table topic already exists`);
});
