import { host, optionalPort, type Settings } from '../config.ts';

export interface MetricsConfig {
  /** Of the listener for metrics; null: there is none, and nothing is counted. */
  readonly METRICS_PORT: number | null;
  readonly METRICS_HOST: string;
}

export const metricsSettings: Settings<MetricsConfig> = {
  METRICS_PORT: optionalPort,
  METRICS_HOST: host('127.0.0.1'),
};
