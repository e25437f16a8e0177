import { expect, it, onTestFinished } from 'vitest';
import { openSqliteEventLog } from '../src/open.ts';
import { openDatabase } from '../src/sqlite/database.ts';
import { temporaryFile } from './temporary-file.ts';

async function setUp() {
  const file = await temporaryFile();
  const log = openSqliteEventLog({ file });
  onTestFinished(log.close);
  await log.mailboxes.create(['mailbox']);
  const watcher = openDatabase(file);
  onTestFinished(() => {
    watcher.close();
  });
  const count = (table: string) => watcher.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  return { ...log, count };
}

it('makes the events durable before they are closed, and leaves the mailboxes open', async () => {
  const { events, mailboxes, count } = await setUp();
  const published = events.publish('topic', 'key', null);
  await events.close();
  expect(count('event')).toBe(1);
  await published;
  expect(await mailboxes.append('mailbox', Buffer.from('x'))).toBe(0);
});

it('makes the records durable before the mailboxes are closed, and leaves the events open', async () => {
  const { events, mailboxes, count } = await setUp();
  const appended = mailboxes.append('mailbox', Buffer.from('x'));
  await mailboxes.close();
  expect(count('mailbox_record')).toBe(1);
  await appended;
  expect(await events.publish('topic', 'key', null)).toBe(0);
});

it('keeps a mailbox and an event topic of one name apart', async () => {
  const { events, mailboxes } = await setUp();
  await events.publish('mailbox', 'key', Buffer.from('x'));
  expect(await mailboxes.head('mailbox')).toBe(0);
  await mailboxes.delete(['mailbox']);
  expect(await events.publish('mailbox', 'key', null)).toBe(1);
});
