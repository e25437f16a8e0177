import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { brokerUnderTest } from '../../test/kafka/broker-under-test.ts';
import { type KafkaCluster, startCluster } from '../../tools/kafka/cluster.ts';
import { describeReplays } from './replays.ts';

const TOPICS = {
  replicationFactor: 1,
  minInsyncReplicas: 1,
  retentionMs: -1,
  segmentMs: 3_600_000,
  segmentBytes: 2 * 1024 * 1024,
};

// A broker of its own: what it writes to `chat.sessions` no other system could open.
let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startCluster({ brokers: 1 });
}, 60_000);
afterAll(() => cluster?.stop());

describeReplays('gateways on Kafka', async () => {
  const { schemaRegistryUrl } = brokerUnderTest();
  const settings = {
    backend: 'kafka',
    topics: TOPICS,
    brokers: cluster.bootstrap,
    schemaRegistryUrl,
  } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  onTestFinished(() => log.close());
  return log;
});
