import { createHttpServer } from '../http-server.ts';
import type { Logger } from '../logger.ts';
import { type Metrics, NO_METRICS } from './metrics.ts';
import type { MetricsConfig } from './metrics-settings.ts';

/** Open connections: a Prometheus, its twin, and whoever looks by hand. */
const CONNECTIONS_MAX = 16;

/** The metrics of a process, and who may ask for them. */
export interface Measuring {
  /** Of a part of the process. */
  of(service: string): Metrics;
  /** Answers `GET /metrics` from now on. Where it is, for example `http://127.0.0.1:9090`; null when it is off. */
  listen(logger: Logger): Promise<string | null>;
  close(): Promise<void>;
}

/** Off without a `METRICS_PORT`: then nothing is counted. Never part of the public port, which is everybody's. */
export async function createMeasuring(
  program: string,
  { METRICS_PORT, METRICS_HOST }: MetricsConfig,
): Promise<Measuring> {
  if (METRICS_PORT === null)
    return { of: () => NO_METRICS, listen: async () => null, close: async () => undefined };
  // Loaded by who needs it: the library costs time and memory.
  const { createMetricsRegistry } = await import('./registry.ts');
  const registry = createMetricsRegistry(program);
  let close = async (): Promise<void> => {};
  return {
    of: registry.of,
    async listen(logger) {
      const app = createHttpServer({ logger, maxConnections: CONNECTIONS_MAX, trustRequestId: false });
      app.get('/metrics', async (_request, reply) =>
        reply.type(registry.contentType).send(await registry.text()),
      );
      close = () => app.close();
      try {
        return await app.listen({ host: METRICS_HOST, port: METRICS_PORT });
      } catch (error) {
        throw new Error(`no metrics at METRICS_HOST and METRICS_PORT: ${messageOf(error)}`, { cause: error });
      }
    },
    close: () => close(),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
