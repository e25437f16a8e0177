import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import { onTestFinished } from 'vitest';
import { brokerUnderTest } from '../../test/kafka/broker-under-test.ts';
import { describeReplays } from './replays.ts';

const TOPICS = {
  replicationFactor: 1,
  minInsyncReplicas: 1,
  retentionMs: -1,
  segmentMs: 3_600_000,
  segmentBytes: 2 * 1024 * 1024,
};

describeReplays('gateways on Kafka', async () => {
  const settings = { backend: 'kafka', topics: TOPICS, ...brokerUnderTest() } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  onTestFinished(() => log.close());
  return log;
});
