import type { TestProject } from 'vitest/node';
import { startCluster } from './cluster.ts';
import { startRegistry } from './registry.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kafka: {
      /** `host:port`, comma-separated: what `KAFKA_BROKERS` takes. */
      readonly brokers: string;
      /** What `SCHEMA_REGISTRY_URL` takes. */
      readonly schemaRegistryUrl: string;
    };
  }
}

/**
 * The broker and the registry that the tests share which break neither: those that `KAFKA_BROKERS` and
 * `SCHEMA_REGISTRY_URL` name, or, for each that is not named, one started here. Resolves to what ends these.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { KAFKA_BROKERS, SCHEMA_REGISTRY_URL } = process.env;
  const [cluster, registry] = await Promise.all([
    KAFKA_BROKERS ? null : startCluster({ brokers: 1 }),
    SCHEMA_REGISTRY_URL ? null : startRegistry(),
  ]);
  project.provide('kafka', {
    brokers: cluster
      ? cluster.bootstrap.map(({ host, port }) => `${host}:${port}`).join()
      : `${KAFKA_BROKERS}`,
    schemaRegistryUrl: registry ? registry.url : `${SCHEMA_REGISTRY_URL}`,
  });
  return async () => {
    await Promise.all([cluster?.stop(), registry?.stop()]);
  };
}
