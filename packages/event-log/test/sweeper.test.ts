import { expect, it, onTestFinished, vi } from 'vitest';
import type { MailboxRecord } from '../src/mailboxes.ts';
import { openSqliteEventLog } from '../src/open.ts';
import { openDatabase } from '../src/sqlite/database.ts';
import { TOMBSTONE_MS } from '../src/sqlite/sweeper.ts';
import { temporaryFile } from './temporary-file.ts';

const SOON = { timeout: 10_000, interval: 2 };

async function setUp() {
  const file = await temporaryFile();
  const watcher = openDatabase(file);
  onTestFinished(() => {
    watcher.close();
  });
  const count = (table: string) => watcher.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  return { file, count, watcher };
}

it('removes trimmed records from the file, and only those', async () => {
  const { file, count } = await setUp();
  const { mailboxes, close } = openSqliteEventLog({ file });
  onTestFinished(close);
  await mailboxes.create(['a', 'b']);
  const appends = Array.from({ length: 500 }, () => [
    mailboxes.append('a', Buffer.from('x')),
    mailboxes.append('b', Buffer.from('y')),
  ]);
  await Promise.all(appends.flat());
  await mailboxes.trim('a', 490);
  const kept = await mailboxes.read('a', { from: 0, limit: 1_000, maxBytes: 1_000 });
  expect(kept.map(({ offset }) => offset)).toEqual([490, 491, 492, 493, 494, 495, 496, 497, 498, 499]);
  await vi.waitFor(() => expect(count('mailbox_record')).toBe(510), SOON);
  await vi.waitFor(() => expect(count('discarded')).toBe(0), SOON);
});

it('goes on counting after a restart when all records were removed', async () => {
  const { file, count } = await setUp();
  const first = openSqliteEventLog({ file });
  await first.mailboxes.create(['a']);
  await Promise.all(Array.from({ length: 20 }, () => first.mailboxes.append('a', Buffer.from('x'))));
  await first.mailboxes.trim('a', 20);
  await vi.waitFor(() => expect(count('mailbox_record')).toBe(0), SOON);
  await first.close();

  const second = openSqliteEventLog({ file });
  onTestFinished(second.close);
  expect(await second.mailboxes.head('a')).toBe(20);
  expect(await second.mailboxes.append('a', Buffer.from('x'))).toBe(20);
});

it('writes nothing for what is acknowledged and trimmed already', async () => {
  const { file, count, watcher } = await setUp();
  const { mailboxes, close } = openSqliteEventLog({ file });
  onTestFinished(close);
  await mailboxes.create(['a']);
  for (const value of ['x', 'y']) await mailboxes.append('a', Buffer.from(value));
  const acknowledge = (offset: number) =>
    Promise.all([mailboxes.commit('a', offset), mailboxes.trim('a', offset)]);
  await acknowledge(2);
  await vi.waitFor(() => expect(count('discarded')).toBe(0), SOON);
  const version = watcher.pragma('data_version', { simple: true });
  await acknowledge(2);
  await acknowledge(1);
  expect(watcher.pragma('data_version', { simple: true })).toBe(version);
});

it('leaves no id of a record to a later one, by which those who follow find what is new', async () => {
  const { file, count, watcher } = await setUp();
  const { mailboxes, close } = openSqliteEventLog({ file });
  onTestFinished(close);
  await mailboxes.create(['a', 'b']);
  for (const value of ['x', 'y', 'z']) await mailboxes.append('a', Buffer.from(value));
  await mailboxes.trim('a', 3);
  await vi.waitFor(() => expect(count('mailbox_record')).toBe(0), SOON);
  await mailboxes.append('b', Buffer.from('x'));
  expect(watcher.prepare('SELECT id FROM mailbox_record').pluck().get()).toBe(4);
});

it('removes what a deleted topic left', async () => {
  const { file, count } = await setUp();
  const { mailboxes, close } = openSqliteEventLog({ file });
  onTestFinished(close);
  await mailboxes.create(['a']);
  await Promise.all(Array.from({ length: 50 }, () => mailboxes.append('a', Buffer.from('x'))));
  await mailboxes.delete(['a']);
  await vi.waitFor(() => expect(count('mailbox_record')).toBe(0), SOON);
  expect(count('discarded')).toBe(0);
});

it('goes on after a restart, and meanwhile shows nothing that is trimmed', async () => {
  const { file, count, watcher } = await setUp();
  const first = openSqliteEventLog({ file });
  await first.mailboxes.create(['a']);
  await Promise.all(Array.from({ length: 50 }, () => first.mailboxes.append('a', Buffer.from('x'))));
  watcher.exec('UPDATE topic SET start = 49');
  const read = await first.mailboxes.read('a', { from: 0, limit: 100, maxBytes: 1_000 });
  expect(read.map(({ offset }) => offset)).toEqual([49]);
  const followed = await new Promise<MailboxRecord[]>((resolve) => first.mailboxes.follow('a', 0, resolve));
  expect(followed.map(({ offset }) => offset)).toEqual([49]);
  expect(count('mailbox_record')).toBe(50);
  await first.close();

  watcher.exec('INSERT INTO discarded (topic, before) SELECT id, start FROM topic');
  const second = openSqliteEventLog({ file });
  onTestFinished(second.close);
  await vi.waitFor(() => expect(count('mailbox_record')).toBe(1), SOON);
});

it('keeps a tombstone for a day, then forgets it without using its offset again', async () => {
  const { file, count } = await setUp();
  const start = Date.parse('2026-01-01T00:00:00Z');
  const day = async (now: number) => {
    const log = openSqliteEventLog({ file, now: () => now });
    const seen: [string, boolean][] = [];
    const subscription = await log.events.subscribe('topic', ({ key, value }) => {
      seen.push([key, value === null]);
    });
    await subscription.caughtUp();
    return { log, seen };
  };

  const first = await day(start);
  await first.log.events.publish('topic', 'kept', Buffer.from('x'));
  await first.log.events.publish('topic', 'gone', Buffer.from('x'));
  const last = await first.log.events.publish('topic', 'gone', null);
  await first.log.close();

  const before = await day(start + TOMBSTONE_MS);
  expect(before.seen).toEqual([
    ['kept', false],
    ['gone', true],
  ]);
  await before.log.close();

  const after = await day(start + TOMBSTONE_MS + 1);
  await vi.waitFor(() => expect(count('event')).toBe(1), SOON);
  expect(await after.log.events.publish('topic', 'new', Buffer.from('x'))).toBe(last + 1);
  await after.log.close();
});

it('looks for old tombstones again while the log stays open', async () => {
  const { file, count } = await setUp();
  let now = Date.parse('2026-01-01T00:00:00Z');
  const log = openSqliteEventLog({ file, now: () => now });
  onTestFinished(log.close);
  await log.events.publish('topic', 'gone', null);
  now += TOMBSTONE_MS + 1;
  await log.events.publish('topic', 'kept', Buffer.from('x'));
  await vi.waitFor(() => expect(count('event')).toBe(1), SOON);
});
