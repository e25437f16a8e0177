import { ratio } from '../arithmetic.ts';
import { type Cell, cells, machineLines, SPREAD, table, targetTable } from '../table.ts';
import type { Target } from '../targets.ts';
import type { Latency, Shares } from './latency.ts';
import type { DeliveryFigures } from './measure.ts';
import type { Streams } from './streams.ts';

/** The figures as tables for people. */
export function deliveryReportOf(figures: DeliveryFigures, targets: readonly Target[]): string {
  const { setting, clients, streams, resume, bare, follow } = figures;
  const { away } = clients;
  const apart = `${streams.streams} streams, ${setting.relays} relays`;
  return [
    ...machineLines(setting),
    `Delivery on the event log ${setting.backend}. Servers, clients and load generator share the cores.`,
    '',
    table(
      ['send to receive, milliseconds', 'per second', 'achieved', ...SPREAD, 'p50 to bare', 'p50 to log'],
      [
        ...rows(`${clients.clients} whole clients, send to shown`, clients.paces, figures),
        ...rows(`${apart}, send to event`, streams.paces, figures),
        ...rows('bare fastify, one process', bare.paces, figures),
        ...rows('the log alone, one process', follow, figures),
      ],
    ),
    table(
      ['milliseconds', 'per second', ...SPREAD],
      [
        ...clients.paces.map((pace): Cell[] => [
          'send to sent, clients',
          pace.perSecond,
          ...cells(pace.sentMs),
        ]),
        ...clients.paces.map((pace): Cell[] => [
          'sent too late, clients',
          pace.perSecond,
          ...cells(pace.lateMs),
        ]),
        ...streams.paces.map((pace): Cell[] => [
          'send to answer, streams',
          pace.perSecond,
          ...cells(pace.ackMs),
        ]),
        ...streams.paces.map((pace): Cell[] => [
          'sent too late, streams',
          pace.perSecond,
          ...cells(pace.lateMs),
        ]),
      ],
    ),
    'Percent of a core meanwhile:',
    '',
    ...clients.paces.map((pace) => shares(`clients, ${pace.perSecond}/s`, pace.cpuPercent)),
    ...streams.paces.map((pace) => shares(`streams, ${pace.perSecond}/s`, pace.cpuPercent)),
    ...bare.paces.map((pace) => shares(`bare, ${pace.perSecond}/s`, pace.cpuPercent)),
    shares('client that was away', away.cpuPercent),
    '',
    table(
      ['KiB of a stream', 'memory', 'of that JavaScript'],
      [...memory('', streams), ...memory('bare fastify', bare)],
    ),
    `${resume.lost} streams of a relay that died were live again after ${resume.resumedMs.p50} ms (median), ${resume.resumedMs.max} ms (all), with ${resume.requests} requests, ${resume.failures} of them refused.`,
    `${away.messages} messages of ${away.senders} senders waited for a client: shown after ${away.shownSeconds} s, acknowledged after ${away.acknowledgedSeconds} s.`,
    '',
    setting.quick ? '' : targetTable(targets),
  ].join('\n');
}

const rows = (
  name: string,
  paces: readonly Latency[],
  { bare, follow }: Pick<DeliveryFigures, 'bare' | 'follow'>,
): Cell[][] =>
  paces.map((latency) => [
    name,
    latency.perSecond,
    latency.achievedPerSecond,
    ...cells(latency.latencyMs),
    p50Ratio(latency, bare.paces),
    p50Ratio(latency, follow),
  ]);

/** To the same pace of a yardstick. */
function p50Ratio({ perSecond, latencyMs }: Latency, yardstick: readonly Latency[]): number {
  const same = yardstick.find((pace) => pace.perSecond === perSecond);
  if (!same) throw new RangeError(`no yardstick at ${perSecond}/s`);
  return ratio(latencyMs.p50, same.latencyMs.p50);
}

const memory = (prefix: string, { perStream }: Streams): Cell[][] =>
  Object.entries(perStream).map(([name, { rss, heap }]) => [prefix || name, rss, heap]);

const shares = (name: string, cpuPercent: Shares): string =>
  `${name}: ${Object.entries(cpuPercent)
    .map(([process, percent]) => `${process} ${percent}`)
    .join(', ')}`;
