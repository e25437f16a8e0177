import { type Cell, cells, machineLines, SPREAD, table, targetTable } from '../table.ts';
import type { Target } from '../targets.ts';
import type { KafkaFigures } from './measure.ts';

/** The figures as tables for people. */
export function kafkaReportOf(figures: KafkaFigures, targets: readonly Target[]): string {
  const { setting, readySeconds, rss, rawConsumer, parts } = figures;
  const relayRows = parts.flatMap((part) => part.relays.map((relays) => ({ part, relays })));
  return [
    ...machineLines(setting),
    'Broker, relays, reader and load generator share the cores.',
    '',
    `Sends, ${setting.concurrentSends} concurrent, each to another user.`,
    '',
    table(
      ['users', 'relays', 'per second', 'of raw', 'ack p50', 'ack p99', 'relay CPU ms', 'broker CPU ms'],
      relayRows.map(({ part, relays: { relays, throughput } }): Cell[] => [
        part.users,
        relays,
        throughput.perSecond,
        (throughput.perSecond / part.rawProducer.perSecond).toFixed(3),
        throughput.ackMs.p50,
        throughput.ackMs.p99,
        throughput.cpuMs.relays,
        throughput.cpuMs.broker,
      ]),
    ),
    'Send to receive, milliseconds, at a steady pace.',
    '',
    table(
      [
        'users',
        'relays',
        'per second',
        ...SPREAD,
        'ack p50',
        'ack p99',
        'late p99',
        'relay CPU ms',
        'broker CPU ms',
      ],
      relayRows.flatMap(({ part, relays: { relays, deliveries } }) =>
        deliveries.map((delivery): Cell[] => [
          part.users,
          relays,
          delivery.perSecond,
          ...cells(delivery.latencyMs),
          delivery.ackMs.p50,
          delivery.ackMs.p99,
          delivery.lateMs.p99,
          delivery.cpuMs.relays,
          delivery.cpuMs.broker,
        ]),
      ),
    ),
    table(
      ['stock consumer, one topic, ms', 'per second', ...SPREAD],
      rawConsumer.map(({ perSecond, latencyMs }): Cell[] => ['', perSecond, ...cells(latencyMs)]),
    ),
    table(
      [
        'users',
        'topics',
        'raw appends/s',
        'first relay ready s',
        'others s',
        'all followed s',
        'relay MiB',
        'reader MiB',
      ],
      parts.map((part): Cell[] => [
        part.users,
        part.topics,
        part.rawProducer.perSecond,
        part.relays[0]?.readySeconds.first ?? '',
        Math.max(...part.relays.map(({ readySeconds: { others } }) => others ?? 0)),
        part.followSeconds,
        Math.max(...part.relays.map((relays) => relays.rss)),
        part.readerRss,
      ]),
    ),
    table(
      ['', 'ready s', 'MiB'],
      [
        ['broker', readySeconds.broker, rss.broker],
        ['registry', readySeconds.registry, rss.registry],
      ],
    ),
    setting.quick ? '' : targetTable(targets),
  ].join('\n');
}
