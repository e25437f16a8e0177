import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { brokerUnderTest } from '../../../test/kafka/broker-under-test.ts';
import { openKafkaLog } from '../../../test/kafka/open-log.ts';
import { startDirectory } from './directory-under-test.ts';
import { wholeLog } from './log-reading.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { writeAtOnce } from './write-at-once.ts';

const openKafka = () => openKafkaLog(brokerUnderTest());

it('several directories on one key log on Kafka write at once, and have the same log; so does one that comes later', async () => {
  const log = await openKafka();
  const place = () => ({ file: join(temporaryFolder(), 'directory.db') });
  await writeAtOnce(log, [place(), place()], `u${randomUUID().slice(0, 8)}`);
  const before = await startDirectory(log, place());
  const entries = await wholeLog(before);
  const later = await startDirectory(await openKafka(), place());
  expect((await wholeLog(later)).slice(0, entries.length)).toEqual(entries);
});
