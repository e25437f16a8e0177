import { join } from 'node:path';
import type { Logger } from './logger.ts';
import { type EventLog, openSqliteEventLog } from './open.ts';

export type { EventLog };

export interface EventLogSettings {
  /** `embedded`: one SQLite file in the data folder, shared by the processes of one machine. */
  readonly backend: 'embedded';
  readonly dataDir: string;
}

/** Opens the event log that the configuration names. */
export const openEventLog = async ({ dataDir }: EventLogSettings, _logger: Logger): Promise<EventLog> =>
  openSqliteEventLog({ file: join(dataDir, 'event-log.db') });
