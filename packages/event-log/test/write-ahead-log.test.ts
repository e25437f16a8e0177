import { statSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteEventLog } from '../src/open.ts';
import { openDatabase } from '../src/sqlite/database.ts';
import { temporaryFile } from './temporary-file.ts';

async function setUp(topics: number) {
  const file = await temporaryFile();
  const { mailboxes, close } = openSqliteEventLog({ file });
  onTestFinished(close);
  const names = Array.from({ length: topics }, (_, index) => `mailbox ${index}`);
  await mailboxes.create(names);
  const value = Buffer.alloc(600, 'x');
  /** One record to every topic, in one transaction. */
  const appendToAll = () => Promise.all(names.map((name) => mailboxes.append(name, value)));
  return { file, appendToAll, logBytes: () => statSync(`${file}-wal`).size };
}

it('writes about as much for appends to many topics as their values are long, not a page or two for each', async () => {
  const { file, appendToAll, logBytes } = await setUp(100);
  for (let round = 0; round < 10; round++) await appendToAll();
  const other = openDatabase(file);
  other.pragma('wal_checkpoint(TRUNCATE)');
  other.close();
  await appendToAll();
  expect(logBytes()).toBeGreaterThan(100 * 600);
  expect(logBytes()).toBeLessThan(2 * 100 * 600);
});

it('moves the log into the file before it has grown far beyond 2 MiB', async () => {
  const { file, appendToAll, logBytes } = await setUp(50);
  for (let round = 0; round < 200; round++) await appendToAll();
  expect(statSync(file).size).toBeGreaterThan(4 * 1024 * 1024);
  expect(logBytes()).toBeLessThan(3 * 1024 * 1024);
});
