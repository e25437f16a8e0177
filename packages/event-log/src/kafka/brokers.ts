import type { Logger } from '../logger.ts';
import { type Cluster, createCluster } from './cluster.ts';
import type { Address } from './dial.ts';
import { createDial } from './dial.ts';
import { createOffsets, type Offsets } from './offsets.ts';
import { type KafkaSecurity, NO_SECURITY } from './security.ts';
import { createTopics, type TopicSettings, type Topics } from './topics.ts';

/** What mailboxes and events share. */
export interface Brokers {
  readonly cluster: Cluster;
  readonly offsets: Offsets;
  readonly topics: Topics;
  readonly onTrouble: (details: object, problem: string) => void;
  close(): Promise<void>;
}

/** Connects to nothing before it has to. */
export function createBrokers(
  bootstrap: readonly Address[],
  settings: TopicSettings,
  logger: Logger,
  security: KafkaSecurity = NO_SECURITY,
): Brokers {
  const cluster = createCluster(bootstrap, createDial(security, logger));
  const offsets = createOffsets(cluster);
  const topics = createTopics(bootstrap, settings, cluster, offsets, security);
  return {
    cluster,
    offsets,
    topics,
    onTrouble: (details, problem) => logger.warn(details, problem),
    async close() {
      await topics.close();
      offsets.close();
      cluster.close();
    },
  };
}
