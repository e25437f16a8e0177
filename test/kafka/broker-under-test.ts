import { inject } from 'vitest';
import type {} from '../../tools/kafka/shared-broker.ts';

export interface BrokerUnderTest {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  readonly schemaRegistryUrl: string;
  /** The same as settings of a service or of `npm start`. */
  readonly environment: {
    readonly EVENT_LOG: 'kafka';
    readonly KAFKA_BROKERS: string;
    readonly SCHEMA_REGISTRY_URL: string;
  };
}

/**
 * The broker and the schema registry that all `*.kafka.test.ts` files share, one file after the other: topics that
 * others made may be there. Tests that break a broker start their own (`tools/kafka/cluster.ts`).
 */
export function brokerUnderTest(): BrokerUnderTest {
  const { brokers, schemaRegistryUrl } = inject('kafka');
  return {
    brokers: brokers.split(',').map((address) => {
      const { hostname, port } = new URL(`kafka://${address}`);
      return { host: hostname, port: Number(port) };
    }),
    schemaRegistryUrl,
    environment: { EVENT_LOG: 'kafka', KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: schemaRegistryUrl },
  };
}
