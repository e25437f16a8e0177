import { messageTopic } from '@secure-chat/wire/names';
import { expect, it, onTestFinished } from 'vitest';
import { openSqliteEventLog } from '../src/open.ts';
import { countWaitingRecords } from '../src/sqlite/waiting-records.ts';
import { temporaryFile } from './temporary-file.ts';

it('counts what users have not acknowledged, while another process has the file open, and nothing of the services', async () => {
  const file = await temporaryFile();
  const log = openSqliteEventLog({ file });
  onTestFinished(() => log.close());
  expect(countWaitingRecords(file)).toBe(0);
  const [alice, bob] = [messageTopic('alice'), messageTopic('bob')];
  await log.mailboxes.create([alice, bob, 'chat.usage']);
  for (const topic of [alice, alice, alice, bob, bob, 'chat.usage'])
    await log.mailboxes.append(topic, Buffer.from('record'));
  expect(countWaitingRecords(file)).toBe(5);
  await log.mailboxes.commit(alice, 2);
  await log.mailboxes.trim(alice, 1);
  await log.mailboxes.trim(bob, 2);
  expect(countWaitingRecords(file)).toBe(1);
  await log.mailboxes.delete([alice]);
  expect(countWaitingRecords(file)).toBe(0);
});

it('makes no file where there is none', async () => {
  const file = await temporaryFile();
  expect(() => countWaitingRecords(file)).toThrow('unable to open database file');
});
