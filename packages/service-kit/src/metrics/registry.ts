import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Metrics } from './metrics.ts';

/** What begins the names of our own metrics; those of the process have prom-client's. */
const PREFIX = 'secure_chat_';
/** Milliseconds between two looks at the delay of the event loop: prom-client's 10 would wake an idle process 100 times a second. */
const LOOP_DELAY_MS = 50;

/** The metrics of a process, whose parts share its names and differ in the label `service`. */
export interface MetricsRegistry {
  of(service: string): Metrics;
  readonly contentType: string;
  /** All of them as they are now, in the text format of Prometheus. */
  text(): Promise<string>;
}

/** `program`: the label `service` of what is of the whole process: CPU, memory, event loop, garbage collection. */
export function createMetricsRegistry(program: string): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({
    register: registry,
    labels: { service: program },
    eventLoopMonitoringPrecision: LOOP_DELAY_MS,
  });

  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  const gauges = new Map<string, Readings>();

  return {
    of: (service) => ({
      counter(shortName, help, labels = []) {
        const name = PREFIX + shortName;
        const shared = { name, help, labelNames: ['service', ...labels], registers: [registry] };
        const counter = present(counters, name, () => new Counter(shared));
        return { add: (given, count = 1) => counter.inc({ service, ...given }, count) };
      },
      histogram(shortName, help, bounds, labels = []) {
        const name = PREFIX + shortName;
        const shared = { name, help, labelNames: ['service', ...labels], registers: [registry] };
        const histogram = present(histograms, name, () => new Histogram({ ...shared, buckets: [...bounds] }));
        return { observe: (given, value) => histogram.observe({ service, ...given }, value) };
      },
      gauge(shortName, help, read, given = {}) {
        const name = PREFIX + shortName;
        const labels = { service, ...given };
        const readings = present(gauges, name, () =>
          createReadings(registry, name, help, Object.keys(labels)),
        );
        readings.set(JSON.stringify(labels), { labels, read });
      },
    }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}

/** Of one gauge: by its labels, how each value is read. */
type Readings = Map<string, { readonly labels: Record<string, string>; read(): number | Promise<number> }>;

function createReadings(registry: Registry, name: string, help: string, labelNames: string[]): Readings {
  const readings: Readings = new Map();
  new Gauge({
    name,
    help,
    labelNames,
    registers: [registry],
    async collect() {
      for (const { labels, read } of readings.values()) this.set(labels, await read());
    },
  });
  return readings;
}

function present<T>(all: Map<string, T>, name: string, create: () => T): T {
  const known = all.get(name);
  if (known !== undefined) return known;
  const made = create();
  all.set(name, made);
  return made;
}
