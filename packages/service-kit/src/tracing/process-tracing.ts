import type { Logger } from '../logger.ts';
import { NO_TRACING, type ProcessTracing } from './tracing.ts';
import type { TracingConfig } from './tracing-settings.ts';

/** Off without an `OTEL_EXPORTER_OTLP_ENDPOINT`: then nothing is traced. */
export async function createProcessTracing(config: TracingConfig, logger: Logger): Promise<ProcessTracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: ratio } = config;
  if (endpoint === null) return { of: () => NO_TRACING, close: async () => {} };
  // Loaded by who needs it: the library costs time and memory.
  const { createOpenTelemetry } = await import('./open-telemetry.ts');
  return createOpenTelemetry({ endpoint, ratio, logger });
}
