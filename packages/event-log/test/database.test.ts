import { chmodSync, statSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteEventLog } from '../src/open.ts';
import { openDatabase } from '../src/sqlite/database.ts';
import { STEPS } from '../src/sqlite/schema.ts';
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
  expect(() => openDatabase(file)).toThrow(/newer version \(schema 99; this one knows up to 2\)/);
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

it('brings a file of the first schema up to this one, with all that is in it', async () => {
  const file = await temporaryFile();
  const first = new Database(file);
  first.exec(`${STEPS[0]}
    PRAGMA user_version = 1;
    INSERT INTO topic (kind, name, start, cursor) VALUES ('mailbox', 'a', 3, 2), ('mailbox', 'b', 0, 0);
    INSERT INTO mailbox_record (id, topic, offset, value) VALUES (7, 1, 3, x'61'), (9, 2, 0, x'62'), (12, 1, 4, x'63');
    INSERT INTO discarded VALUES (1, 3);
  `);
  first.close();

  const { mailboxes, close } = openSqliteEventLog({ file });
  onTestFinished(close);
  const values = async (topic: string) =>
    (await mailboxes.read(topic, { from: 0, limit: 10, maxBytes: 1_000 })).map(
      ({ offset, value }) => `${offset}${Buffer.from(value)}`,
    );
  expect(await values('a')).toEqual(['3a', '4c']);
  expect(await values('b')).toEqual(['0b']);
  expect(await mailboxes.cursor('a')).toBe(2);
  expect(await mailboxes.head('a')).toBe(5);
  expect(await mailboxes.append('b', Buffer.from('d'))).toBe(1);

  const watcher = openDatabase(file);
  expect(watcher.prepare('SELECT id FROM mailbox_record ORDER BY id').pluck().all()).toEqual([7, 9, 12, 13]);
  expect(watcher.prepare('SELECT name FROM sqlite_schema').pluck().all()).not.toContain('mailbox_record_1');
  watcher.close();
});
