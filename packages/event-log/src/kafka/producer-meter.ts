import { type Metrics, SECONDS } from '../metrics.ts';

/** What is counted of a producer. */
export interface ProducerMeter {
  /** A broker answered a produce request. */
  answered(seconds: number): void;
  /**
   * Of one topic's records that were sent together: what became of them. `again` and `unanswered` are sent once more, and
   * counted once more.
   */
  batches(outcome: 'written' | 'again' | 'unanswered' | 'refused', count?: number): void;
}

/** `waiting`: what was appended and has no outcome yet. */
export function createProducerMeter(
  metrics: Metrics,
  kind: 'events' | 'mailboxes',
  waiting: { readonly records: () => number; readonly bytes: () => number },
): ProducerMeter {
  const seconds = metrics.histogram(
    'kafka_produce_seconds',
    'Seconds until a broker answered a produce request.',
    SECONDS,
  );
  const batches = metrics.counter('kafka_batches_total', 'Batches of one topic that were sent to a broker.', [
    'kind',
    'outcome',
  ]);
  metrics.gauge('kafka_waiting_records', 'Records without an outcome yet.', waiting.records, { kind });
  metrics.gauge('kafka_waiting_bytes', 'Bytes that wait to be written.', waiting.bytes, { kind });
  return {
    answered: (taken) => seconds.observe({}, taken),
    batches: (outcome, count = 1) => batches.add({ kind, outcome }, count),
  };
}
