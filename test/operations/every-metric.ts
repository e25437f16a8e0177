import { createBrokers } from '@secure-chat/event-log/kafka/brokers';
import { createKafkaEvents } from '@secure-chat/event-log/kafka/events';
import { createKafkaMailboxes } from '@secure-chat/event-log/kafka/mailboxes';
import { createMetricsRegistry } from '@secure-chat/service-kit/metrics/registry';
import { startMeasuredStack } from './measured-stack.ts';

/** Nobody is there, and nobody is asked: metrics are named when the log is opened. */
const NOBODY = [{ host: '127.0.0.1', port: 9 }];
const TOPICS = { replicationFactor: 1, minInsyncReplicas: 1, retentionMs: -1, segmentMs: 1, segmentBytes: 1 };

/** Of every metric of a system on either log: its name, and whether it is a counter, a gauge or a histogram. */
export async function everyMetric(): Promise<ReadonlyMap<string, string>> {
  const stack = await startMeasuredStack();
  const embedded = await stack.metrics();
  await stack.stop();

  const registry = createMetricsRegistry('relay');
  const brokers = createBrokers(NOBODY, TOPICS, { warn: () => {}, error: () => {} });
  const metrics = registry.of('relay');
  const parts = [createKafkaEvents(brokers, metrics), createKafkaMailboxes(brokers, metrics)];
  const kafka = await registry.text();
  for (const part of parts) await part.close();
  await brokers.close();

  const types = [...`${embedded}\n${kafka}`.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  return new Map(types.map(([, name = '', type = '']) => [name, type]));
}

/** The metrics, and for each histogram what a query asks of it. */
export const sampleNames = (metrics: ReadonlyMap<string, string>): ReadonlySet<string> =>
  new Set(
    [...metrics].flatMap(([name, type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
    ),
  );
