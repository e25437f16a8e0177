import { integer, oneOf, type Setting, type Settings } from './config.ts';
import { type KafkaSecurityConfig, kafkaSecurityOf, kafkaSecuritySettings } from './kafka-security-config.ts';
import {
  type SchemaRegistryConfig,
  schemaRegistryOf,
  schemaRegistrySettings,
} from './schema-registry-config.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The settings of the event log, the same for every service. */
export interface EventLogConfig extends KafkaSecurityConfig, SchemaRegistryConfig {
  /** `embedded`: one SQLite file in the data folder, shared by the processes of one machine. */
  readonly EVENT_LOG: 'embedded' | 'kafka';
  /** Empty without Kafka. */
  readonly KAFKA_BROKERS: readonly Address[];
  readonly KAFKA_REPLICATION_FACTOR: number;
  readonly KAFKA_MIN_INSYNC_REPLICAS: number;
  readonly KAFKA_RETENTION_MS: number;
  readonly KAFKA_SEGMENT_MS: number;
  readonly KAFKA_SEGMENT_BYTES: number;
}

/** A segment holds a largest batch: a value of 1 MiB and what Kafka puts around it. */
const SEGMENT_BYTES_MIN = 2 * 1024 * 1024;
const SEGMENT_BYTES_MAX = 1024 * 1024 * 1024;
/** Disk of acknowledged records is freed a closed segment at a time: within the hour of the next record. */
const SEGMENT_MS = 60 * 60_000;
const DAY_MS = 24 * 60 * 60_000;

const addresses: Setting<readonly Address[]> = (text, env) => {
  if (text === undefined)
    return env.EVENT_LOG === 'kafka' ? { error: 'is needed with EVENT_LOG=kafka' } : { value: [] };
  const parts = text.split(',').map((part) => /^([A-Za-z0-9._-]{1,253}):(\d{1,5})$/.exec(part.trim()));
  const all = parts.flatMap((match) => (match ? [{ host: match[1] ?? '', port: Number(match[2]) }] : []));
  const sound = all.length === parts.length && all.every(({ port }) => port >= 1 && port <= 65_535);
  return sound ? { value: all } : { error: 'must be host:port, or several with commas in between' };
};

const minInsyncReplicas: Setting<number> = (text, env) => {
  const most = Number(env.KAFKA_REPLICATION_FACTOR || 1);
  const result = integer(1, 1, Number.isSafeInteger(most) && most >= 1 ? most : 1)(text, env);
  return 'error' in result ? { error: `${result.error}, and not above KAFKA_REPLICATION_FACTOR` } : result;
};

export const eventLogSettings: Settings<EventLogConfig> = {
  EVENT_LOG: oneOf(['embedded', 'kafka'], 'embedded'),
  KAFKA_BROKERS: addresses,
  ...kafkaSecuritySettings,
  ...schemaRegistrySettings,
  KAFKA_REPLICATION_FACTOR: integer(1, 1, 32),
  KAFKA_MIN_INSYNC_REPLICAS: minInsyncReplicas,
  KAFKA_RETENTION_MS: integer(-1, -1, Number.MAX_SAFE_INTEGER),
  KAFKA_SEGMENT_MS: integer(SEGMENT_MS, 60_000, 365 * DAY_MS),
  KAFKA_SEGMENT_BYTES: integer(SEGMENT_BYTES_MIN, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX),
};

/** What `openEventLog` takes. `dataDir`: where the embedded log lies. */
export const eventLogOf = (config: EventLogConfig, dataDir: string) =>
  config.EVENT_LOG === 'embedded'
    ? ({ backend: 'embedded', dataDir } as const)
    : ({
        backend: 'kafka',
        brokers: config.KAFKA_BROKERS,
        security: kafkaSecurityOf(config),
        schemaRegistry: schemaRegistryOf(config),
        topics: {
          replicationFactor: config.KAFKA_REPLICATION_FACTOR,
          minInsyncReplicas: config.KAFKA_MIN_INSYNC_REPLICAS,
          retentionMs: config.KAFKA_RETENTION_MS,
          segmentMs: config.KAFKA_SEGMENT_MS,
          segmentBytes: config.KAFKA_SEGMENT_BYTES,
        },
      } as const);
