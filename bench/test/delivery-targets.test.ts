import { expect, it } from 'vitest';
import { deliveryTargetsOf } from '../src/delivery/targets.ts';

const spread = (p50: number, p99: number) => ({ p50, p95: p99, p99, max: p99 });
const pace = (perSecond: number, p50: number, p99: number) => ({
  perSecond,
  achievedPerSecond: perSecond,
  messages: 10,
  latencyMs: spread(p50, p99),
  sentMs: spread(1, 1),
  ackMs: spread(1, 1),
  lateMs: spread(1, 1),
  cpuPercent: {},
});

const figures = {
  setting: { backend: 'embedded' as const },
  clients: {
    clients: 50,
    paces: [pace(100, 2, 25), pace(1_000, 900, 900)],
    away: { messages: 10, senders: 2, shownSeconds: 9, acknowledgedSeconds: 10, cpuPercent: {} },
  },
  streams: {
    streams: 5_000,
    openSeconds: 1,
    perStream: { gateway: { rss: 25, heap: 20 }, relay: { rss: 15, heap: 10 } },
    paces: [pace(100, 2, 25), pace(1_000, 900, 900)],
  },
  resume: { lost: 1_000, resumedMs: spread(1_000, 5_000), requests: 1_000, failures: 0 },
};

const missed = (changed: Partial<Parameters<typeof deliveryTargetsOf>[0]>): string[] =>
  deliveryTargetsOf({ ...figures, ...changed })
    .filter(({ reached }) => !reached)
    .map(({ name }) => name);

it('are reached exactly at their bound', () => {
  expect(missed({})).toEqual([]);
});

it('are missed one by one', () => {
  const { clients, streams, resume } = figures;
  expect(missed({ clients: { ...clients, paces: [pace(100, 2.01, 25)] } })).toEqual([
    'send to shown, 50 clients, 100/s, p50 ms',
  ]);
  expect(missed({ streams: { ...streams, paces: [pace(100, 2, 25.01)] } })).toEqual([
    'send to stream, 5000 streams, 100/s, p99 ms',
  ]);
  const fat = { gateway: { rss: 25, heap: 20 }, relay: { rss: 15.1, heap: 10 } };
  expect(missed({ streams: { ...streams, perStream: fat } })).toEqual(['memory of a stream, KiB']);
  expect(missed({ resume: { ...resume, resumedMs: spread(1_000, 5_010) } })).toEqual([
    'streams resumed after the death of a relay, s',
  ]);
  const slow = { ...clients.away, acknowledgedSeconds: 10.01 };
  expect(missed({ clients: { ...clients, away: slow } })).toEqual([
    'what waited, received and acknowledged, s',
  ]);
});

it('are wider on Kafka', () => {
  const { clients, streams } = figures;
  const paces = [pace(100, 4, 50)];
  const kafka = { setting: { backend: 'kafka' as const }, clients: { ...clients, paces } };
  expect(missed({ ...kafka, streams: { ...streams, paces } })).toEqual([]);
});

it('do not judge another pace in its place', () => {
  const clients = { ...figures.clients, paces: [pace(1_000, 1, 1)] };
  expect(() => deliveryTargetsOf({ ...figures, clients })).toThrow('no figures at 100/s');
});
