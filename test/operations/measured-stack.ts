import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMetricsRegistry } from '@secure-chat/service-kit/metrics/registry';
import { startStack } from '@secure-chat/stack/stack';

/** The whole system in this process, counted. */
export interface MeasuredStack {
  readonly url: string;
  /** What its listener would answer. */
  metrics(): Promise<string>;
  stop(): Promise<void>;
}

export async function startMeasuredStack(): Promise<MeasuredStack> {
  const folder = await mkdtemp(join(tmpdir(), 'measured-stack-'));
  const registry = createMetricsRegistry('secure-chat');
  const options = { dataDir: join(folder, 'data'), host: '127.0.0.1', port: 0, logLevel: 'silent' } as const;
  const stack = await startStack({ ...options, metricsOf: registry.of });
  return {
    url: stack.url,
    metrics: () => registry.text(),
    async stop() {
      await stack.close();
      await rm(folder, { recursive: true });
    },
  };
}
