import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import { onTestFinished } from 'vitest';
import type { BrokerUnderTest } from './broker-under-test.ts';

/** As one broker can have them; the rest as in operation. */
const TOPICS = {
  replicationFactor: 1,
  minInsyncReplicas: 1,
  retentionMs: -1,
  segmentMs: 3_600_000,
  segmentBytes: 2 * 1024 * 1024,
};

/** The event log on a broker, closed at the end of the test. */
export async function openKafkaLog(
  place: Pick<BrokerUnderTest, 'brokers' | 'schemaRegistryUrl'>,
): Promise<EventLog> {
  const { brokers, schemaRegistryUrl } = place;
  const settings = {
    backend: 'kafka',
    topics: TOPICS,
    brokers,
    schemaRegistry: { url: schemaRegistryUrl },
  } as const;
  const log = await openEventLog(settings, createLogger('event-log', 'fatal'));
  onTestFinished(() => log.close());
  return log;
}
