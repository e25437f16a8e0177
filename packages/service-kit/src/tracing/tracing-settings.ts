import type { Setting, Settings } from '../config.ts';

export interface TracingConfig {
  /** Where a collector takes OTLP over HTTP; null: nothing is traced. */
  readonly OTEL_EXPORTER_OTLP_ENDPOINT: string | null;
  /** Of traces that begin here, the part that is recorded: 0 to 1. */
  readonly OTEL_TRACES_SAMPLER_ARG: number;
}

const endpoint: Setting<string | null> = (text) => {
  if (text === undefined) return { value: null };
  const url = URL.canParse(text) ? new URL(text) : null;
  const sound = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username;
  return sound
    ? { value: url.href.replace(/\/$/, '') }
    : { error: 'must be the http(s) address of a collector, such as http://127.0.0.1:4318' };
};

const ratio: Setting<number> = (text = '1') => {
  const value = /^\d(\.\d{1,9})?$/.test(text) ? Number(text) : Number.NaN;
  return value <= 1 ? { value } : { error: 'must be a number from 0 to 1, such as 0.1' };
};

/** Named as OpenTelemetry names them. */
export const tracingSettings: Settings<TracingConfig> = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_TRACES_SAMPLER_ARG: ratio,
};
