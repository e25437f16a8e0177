import { host, LOG_LEVELS, type LogLevel, oneOf, path, port, type Settings, secretKey } from './config.ts';

/** The settings that every service alone takes. */
export interface ServiceConfig {
  readonly HOST: string;
  readonly PORT: number;
  /** Folder of the service's database, the embedded event log and `service.key`. */
  readonly DATA_DIR: string;
  readonly LOG_LEVEL: LogLevel;
  readonly SERVICE_KEY: Buffer | null;
  /** `embedded`: one SQLite file in the data folder, shared by the processes of one machine. */
  readonly EVENT_LOG: 'embedded';
}

export const serviceSettings = (
  defaultPort: number,
  defaultLevel: LogLevel = 'info',
): Settings<ServiceConfig> => ({
  HOST: host('127.0.0.1'),
  PORT: port(defaultPort),
  DATA_DIR: path('data'),
  LOG_LEVEL: oneOf(LOG_LEVELS, defaultLevel),
  SERVICE_KEY: secretKey,
  EVENT_LOG: oneOf(['embedded'], 'embedded'),
});
