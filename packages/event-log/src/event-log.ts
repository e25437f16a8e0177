import { join } from 'node:path';
import type { KafkaSettings } from './kafka/open.ts';
import type { Logger } from './logger.ts';
import { type Metrics, NO_METRICS } from './metrics.ts';
import { type EventLog, openSqliteEventLog } from './open.ts';

export type { EventLog };

export type EventLogSettings =
  /** One SQLite file in the data folder, shared by the processes of one machine. */
  | { readonly backend: 'embedded'; readonly dataDir: string }
  | ({ readonly backend: 'kafka' } & KafkaSettings);

/** Opens the event log that the configuration names. */
export async function openEventLog(
  settings: EventLogSettings,
  logger: Logger,
  metrics: Metrics = NO_METRICS,
): Promise<EventLog> {
  if (settings.backend === 'embedded')
    return openSqliteEventLog({ file: join(settings.dataDir, 'event-log.db'), metrics });
  // Loaded by who needs it: the client libraries cost time and memory.
  const { openKafkaEventLog } = await import('./kafka/open.ts');
  return openKafkaEventLog(settings, logger, metrics);
}
