import { host, LOG_LEVELS, type LogLevel, oneOf, path, port, type Settings } from './config.ts';
import { type EventLogConfig, eventLogSettings } from './event-log-config.ts';
import { type MetricsConfig, metricsSettings } from './metrics/metrics-settings.ts';
import { type GivenKeys, serviceKey } from './service-key-setting.ts';
import { type TracingConfig, tracingSettings } from './tracing/tracing-settings.ts';

/** The settings that every service alone takes. */
export interface ServiceConfig extends EventLogConfig, MetricsConfig, TracingConfig {
  readonly HOST: string;
  readonly PORT: number;
  /** Folder of the service's database, the embedded event log and `service.key`. */
  readonly DATA_DIR: string;
  readonly LOG_LEVEL: LogLevel;
  readonly SERVICE_KEY: GivenKeys | null;
}

export const serviceSettings = (
  defaultPort: number,
  defaultLevel: LogLevel = 'info',
): Settings<ServiceConfig> => ({
  HOST: host('127.0.0.1'),
  PORT: port(defaultPort),
  DATA_DIR: path('data'),
  LOG_LEVEL: oneOf(LOG_LEVELS, defaultLevel),
  SERVICE_KEY: serviceKey,
  ...eventLogSettings,
  ...metricsSettings,
  ...tracingSettings,
});
