import { afterAll, beforeAll } from 'vitest';
import { brokerUnderTest } from '../../test/kafka/broker-under-test.ts';
import { openKafkaLog } from '../../test/kafka/open-log.ts';
import { type KafkaCluster, startCluster } from '../../tools/kafka/cluster.ts';
import { describeReplays } from './replays.ts';

// A broker of its own: what it writes to `chat.sessions` no other system could open.
let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startCluster({ brokers: 1 });
}, 60_000);
afterAll(() => cluster?.stop());

describeReplays('gateways on Kafka', () =>
  openKafkaLog({ brokers: cluster.bootstrap, schemaRegistryUrl: brokerUnderTest().schemaRegistryUrl }),
);
