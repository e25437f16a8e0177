import { createBrokers } from '../src/kafka/brokers.ts';
import { createKafkaEvents } from '../src/kafka/events.ts';
import { createKafkaMailboxes } from '../src/kafka/mailboxes.ts';
import { type KafkaSecurity, NO_SECURITY } from '../src/kafka/security.ts';
import type { TopicSettings } from '../src/kafka/topics.ts';

const TOPICS: TopicSettings = {
  replicationFactor: 1,
  minInsyncReplicas: 1,
  retentionMs: -1,
  segmentMs: 3_600_000,
  segmentBytes: 2 * 1024 * 1024,
};

export type KafkaLog = ReturnType<typeof openKafka>;

/** Both interfaces on the brokers `host:port,host:port`. Values are bytes here: no schema registry is needed. */
export function openKafka(
  bootstrap: string,
  topics: Partial<TopicSettings> = {},
  security: KafkaSecurity = NO_SECURITY,
) {
  const addresses = bootstrap.split(',').map((address) => {
    const [host = '', port] = address.split(':');
    return { host, port: Number(port) };
  });
  const logger = { warn: () => {}, error: () => {} };
  const brokers = createBrokers(addresses, { ...TOPICS, ...topics }, logger, security);
  const events = createKafkaEvents(brokers);
  const mailboxes = createKafkaMailboxes(brokers);
  return {
    events,
    mailboxes,
    async close() {
      await Promise.all([events.close(), mailboxes.close()]);
      await brokers.close();
    },
  };
}
