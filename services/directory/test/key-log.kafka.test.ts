import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import { expect, it, onTestFinished } from 'vitest';
import { brokerUnderTest } from '../../../test/kafka/broker-under-test.ts';
import { startDirectory } from './directory-under-test.ts';
import { wholeLog } from './log-reading.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { writeAtOnce } from './write-at-once.ts';

const TOPICS = {
  replicationFactor: 1,
  minInsyncReplicas: 1,
  retentionMs: -1,
  segmentMs: 3_600_000,
  segmentBytes: 2 * 1024 * 1024,
};

async function openKafka() {
  const settings = { backend: 'kafka', topics: TOPICS, ...brokerUnderTest() } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  onTestFinished(() => log.close());
  return log;
}

it('several directories on one key log on Kafka write at once, and have the same log; so does one that comes later', async () => {
  const log = await openKafka();
  const place = () => ({ file: join(temporaryFolder(), 'directory.db') });
  await writeAtOnce(log, [place(), place()], `u${randomUUID().slice(0, 8)}`);
  const before = await startDirectory(log, place());
  const entries = await wholeLog(before);
  const later = await startDirectory(await openKafka(), place());
  expect((await wholeLog(later)).slice(0, entries.length)).toEqual(entries);
});
