import { createRegistryCodecs } from '../codecs/registry-codecs.ts';
import type { SchemaRegistryPlace } from '../codecs/schema-registry.ts';
import type { Logger } from '../logger.ts';
import { type Metrics, NO_METRICS } from '../metrics.ts';
import type { EventLog } from '../open.ts';
import { createBrokers } from './brokers.ts';
import type { Address } from './dial.ts';
import { createKafkaEvents } from './events.ts';
import { createKafkaMailboxes } from './mailboxes.ts';
import type { KafkaSecurity } from './security.ts';
import type { TopicSettings } from './topics.ts';

export interface KafkaSettings {
  /** Some brokers; they name the others. */
  readonly brokers: readonly Address[];
  /** Plain and without a login when absent. */
  readonly security?: KafkaSecurity;
  readonly schemaRegistry: SchemaRegistryPlace;
  readonly topics: TopicSettings;
}

/**
 * The event log on Kafka. Connects to the brokers when it is first asked for something: those that are not up yet delay it.
 * Registers the schemas first, or, while the registry does not answer, when they are needed.
 */
export async function openKafkaEventLog(
  settings: KafkaSettings,
  logger: Logger,
  metrics: Metrics = NO_METRICS,
): Promise<EventLog> {
  const { codecs, registerAll } = createRegistryCodecs({ ...settings.schemaRegistry, logger });
  await registerAll();
  const brokers = createBrokers(settings.brokers, settings.topics, logger, settings.security);
  const events = createKafkaEvents(brokers, metrics);
  const mailboxes = createKafkaMailboxes(brokers, metrics);
  return {
    events,
    mailboxes,
    codecs,
    async close() {
      await Promise.all([events.close(), mailboxes.close()]);
      await brokers.close();
    },
  };
}
