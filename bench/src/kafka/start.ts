import { startCluster } from '../../../tools/kafka/cluster.ts';
import { startRegistry } from '../../../tools/kafka/registry.ts';
import { round } from '../arithmetic.ts';
import type { Usage } from '../child-process.ts';
import { usageOf } from './process-usage.ts';

/** A broker and a schema registry of the bench's own. */
export interface Kafka {
  readonly brokers: string;
  /** What a process of ours is given to use them. */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds until each answered. */
  readonly readySeconds: { readonly broker: number; readonly registry: number };
  broker(): Promise<Usage>;
  registry(): Promise<Usage>;
  close(): Promise<void>;
}

export async function startKafka(): Promise<Kafka> {
  const begun = performance.now();
  const sinceBegun = (): number => round((performance.now() - begun) / 1000, 1);
  const cluster = await startCluster({ brokers: 1, jvm: 'stock' });
  try {
    const [broker] = cluster.brokers;
    if (!broker) throw new Error('no broker');
    const brokerSeconds = sinceBegun();
    const registry = await startRegistry();
    const brokers = `${broker.host}:${broker.port}`;
    return {
      brokers,
      environment: { EVENT_LOG: 'kafka', KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registry.url },
      readySeconds: { broker: brokerSeconds, registry: round(sinceBegun() - brokerSeconds, 1) },
      broker: () => usageOf(broker.pid()),
      registry: () => usageOf(registry.pid()),
      async close() {
        await registry.stop();
        await cluster.stop();
      },
    };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}
