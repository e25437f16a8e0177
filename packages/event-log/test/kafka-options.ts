import type { BrokersOptions } from '../src/kafka/brokers.ts';

/** What a test opens Kafka with. `bootstrap`: `host:port,host:port`. */
export const kafkaOptions = (bootstrap: string): BrokersOptions => ({
  bootstrap: bootstrap.split(',').map((address) => {
    const [host = '', port] = address.split(':');
    return { host, port: Number(port) };
  }),
  topics: {
    replicationFactor: 1,
    minInsyncReplicas: 1,
    retentionMs: -1,
    segmentMs: 3_600_000,
    segmentBytes: 2 * 1024 * 1024,
  },
  logger: { warn: () => {}, error: () => {} },
});
