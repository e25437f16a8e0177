import { round } from '../arithmetic.ts';
import type { Target } from '../targets.ts';
import type { Latency } from './latency.ts';
import type { DeliveryFigures } from './measure.ts';

/** Messages per second at which latencies are judged, and the milliseconds that they may take. */
const PACE = 100;
const MOST_MS = { embedded: { p50: 2, p99: 25 }, kafka: { p50: 4, p99: 50 } };
/** KiB of one open stream, gateway and relay together. */
const STREAM_KIB = 40;
/** Seconds until every stream of a relay that died is live again. */
const RESUME_SECONDS = 5;
/** Seconds until a client that was away has received, stored and acknowledged what waited. */
const AWAY_SECONDS = 10;

type Judged = Pick<DeliveryFigures, 'clients' | 'streams' | 'resume'> & {
  readonly setting: Pick<DeliveryFigures['setting'], 'backend'>;
};

/** Throws without figures at the pace that is judged. */
export function deliveryTargetsOf({ setting, clients, streams, resume }: Judged): Target[] {
  const atMost = (name: string, value: number, most: number, of: string): Target => ({
    name,
    value,
    of,
    wanted: `<= ${most}`,
    reached: value <= most,
  });
  const { away } = clients;
  const kib = Object.values(streams.perStream).reduce((sum, { rss }) => sum + rss, 0);
  const latencies = (name: string, latency: Latency): Target[] =>
    (['p50', 'p99'] as const).map((rank) =>
      atMost(
        `${name}, ${PACE}/s, ${rank} ms`,
        latency.latencyMs[rank],
        MOST_MS[setting.backend][rank],
        `${latency.messages} messages`,
      ),
    );
  return [
    ...latencies(`send to shown, ${clients.clients} clients`, atPace(clients.paces)),
    ...latencies(`send to stream, ${streams.streams} streams`, atPace(streams.paces)),
    atMost(
      'memory of a stream, KiB',
      round(kib, 1),
      STREAM_KIB,
      Object.keys(streams.perStream).join(' and '),
    ),
    atMost(
      'streams resumed after the death of a relay, s',
      round(resume.resumedMs.max / 1000, 2),
      RESUME_SECONDS,
      `${resume.lost} streams, ${resume.requests} requests`,
    ),
    atMost(
      'what waited, received and acknowledged, s',
      away.acknowledgedSeconds,
      AWAY_SECONDS,
      `${away.messages} messages of ${away.senders} senders`,
    ),
  ];
}

function atPace(paces: readonly Latency[]): Latency {
  const latency = paces.find(({ perSecond }) => perSecond === PACE);
  if (!latency) throw new RangeError(`no figures at ${PACE}/s`);
  return latency;
}
