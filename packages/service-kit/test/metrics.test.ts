import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readConfig } from '../src/config.ts';
import { createLogger } from '../src/logger.ts';
import { createMeasuring } from '../src/metrics/measuring.ts';
import { NO_METRICS } from '../src/metrics/metrics.ts';
import { metricsSettings } from '../src/metrics/metrics-settings.ts';
import { createMetricsRegistry } from '../src/metrics/registry.ts';

const logger = createLogger('test', 'silent');

async function listening(env: Record<string, string>) {
  const measuring = await createMeasuring('test', readConfig(metricsSettings, env));
  onTestFinished(() => measuring.close());
  return { measuring, url: await measuring.listen(logger) };
}

describe('metrics', () => {
  it('of the parts of a process share names, and differ in the label service', async () => {
    const registry = createMetricsRegistry('all');
    for (const part of ['auth', 'relay'])
      registry.of(part).counter('things_total', 'Things.', ['kind']).add({ kind: 'good' }, 2);
    registry.of('auth').counter('things_total', 'Things.', ['kind']).add({ kind: 'good' });
    const text = await registry.text();
    expect(text).toContain('secure_chat_things_total{service="auth",kind="good"} 3\n');
    expect(text).toContain('secure_chat_things_total{service="relay",kind="good"} 2\n');
    expect(text.match(/# TYPE secure_chat_things_total/g)).toHaveLength(1);
  });

  it('that are gauges are read when somebody asks, each with its labels', async () => {
    const registry = createMetricsRegistry('all');
    let open = 1;
    registry.of('relay').gauge('open_things', 'Things.', () => open, { kind: 'a' });
    registry.of('relay').gauge('open_things', 'Things.', async () => 7, { kind: 'b' });
    open = 5;
    const text = await registry.text();
    expect(text).toContain('secure_chat_open_things{service="relay",kind="a"} 5\n');
    expect(text).toContain('secure_chat_open_things{service="relay",kind="b"} 7\n');
  });

  it('count durations below each of their bounds', async () => {
    const registry = createMetricsRegistry('all');
    const seconds = registry.of('relay').histogram('thing_seconds', 'Seconds.', [1, 2]);
    for (const value of [0.5, 1.5, 9]) seconds.observe({}, value);
    const text = await registry.text();
    expect(text).toContain('secure_chat_thing_seconds_bucket{le="1",service="relay"} 1\n');
    expect(text).toContain('secure_chat_thing_seconds_bucket{le="2",service="relay"} 2\n');
    expect(text).toContain('secure_chat_thing_seconds_count{service="relay"} 3\n');
  });

  it('of two processes in one, as in tests, know nothing of each other', async () => {
    createMetricsRegistry('one').of('one').counter('things_total', 'Things.').add({});
    expect(await createMetricsRegistry('two').text()).not.toContain('secure_chat_');
  });

  it('say how the process is, the delay of its event loop among it', async () => {
    const text = await createMetricsRegistry('relay').text();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'nodejs_eventloop_lag_p99_seconds',
    ])
      expect(text).toMatch(new RegExp(`^${name}\\{service="relay"\\} `, 'm'));
  });

  it('count the lines of the log by their level, of those that are written', async () => {
    const registry = createMetricsRegistry('relay');
    const lines: string[] = [];
    const counted = createLogger('relay', 'warn', {
      write: (line) => void lines.push(line),
      metrics: registry.of('relay'),
    });
    counted.info('not written');
    counted.warn('written');
    counted.child({ part: 1 }).error({ err: new Error('x') }, 'written');
    expect(lines).toHaveLength(2);
    const text = await registry.text();
    expect(text).toContain('secure_chat_log_lines_total{service="relay",level="warn"} 1\n');
    expect(text).toContain('secure_chat_log_lines_total{service="relay",level="error"} 1\n');
    expect(text).not.toContain('level="info"');
  });
});

describe('the listener for metrics', () => {
  it('is off, and nothing is counted, without a METRICS_PORT', async () => {
    const { measuring, url } = await listening({});
    expect(url).toBeNull();
    expect(measuring.of('relay')).toBe(NO_METRICS);
  });

  it('is of this machine only unless METRICS_HOST says otherwise', () => {
    expect(readConfig(metricsSettings, { METRICS_PORT: '9100' })).toEqual({
      METRICS_PORT: 9100,
      METRICS_HOST: '127.0.0.1',
    });
    expect(() => readConfig(metricsSettings, { METRICS_PORT: 'x', METRICS_HOST: 'a b' })).toThrow(
      /METRICS_PORT must be a port.*\nMETRICS_HOST must be a host name/,
    );
  });

  it('answers GET /metrics in the format of Prometheus, and nothing else', async () => {
    const { measuring, url } = await listening({ METRICS_PORT: '0' });
    measuring.of('relay').counter('things_total', 'Things.').add({});
    const answer = await fetch(`${url}/metrics`);
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    expect(await answer.text()).toContain('secure_chat_things_total{service="relay"} 1\n');
    expect((await fetch(`${url}/`)).status).toBe(404);
    expect((await fetch(`${url}/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it('names its settings when its port is taken', async () => {
    const taken = createServer();
    const port = await new Promise<number>((resolve) => {
      taken.listen(0, '127.0.0.1', () => {
        const address = taken.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    onTestFinished(() => void taken.close());
    await expect(listening({ METRICS_PORT: String(port) })).rejects.toThrow(/METRICS_PORT.*EADDRINUSE/);
  });
});
