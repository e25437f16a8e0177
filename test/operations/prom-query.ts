import { parser } from '@prometheus-io/lezer-promql';

/** What Grafana puts into a query before it asks. */
const VARIABLES = { $__rate_interval: '5m', $service: '.*' };

/**
 * The metrics that a query asks for, those of histograms with their `_bucket`, `_sum` or `_count`; read with Prometheus's own
 * grammar. Throws where it is no query.
 */
export function metricsIn(query: string): string[] {
  let text = query;
  for (const [name, value] of Object.entries(VARIABLES)) text = text.replaceAll(name, value);
  const metrics: string[] = [];
  parser.parse(text).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${text}`);
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector')
        metrics.push(text.slice(from, to));
    },
  });
  return metrics;
}
