import { expect, it } from 'vitest';
import type { Delivery, RelayFigures } from '../src/kafka/relay-figures.ts';
import { kafkaTargetsOf } from '../src/kafka/targets.ts';

const spread = (p50: number, p99 = p50) => ({ p50, p95: p99, p99, max: p99 });

const delivery = (perSecond: number, changed: Partial<Delivery> = {}): Delivery => ({
  perSecond,
  messages: 10,
  latencyMs: spread(5, 50),
  ackMs: spread(1),
  lateMs: spread(0),
  cpuMs: { relays: 0.1, broker: 0.1 },
  ...changed,
});

const relay = (
  changed: { perSecond?: number; cpu?: number; delivery?: Partial<Delivery> } = {},
): RelayFigures => ({
  relays: 1,
  readySeconds: { first: 1, others: null },
  rss: 100,
  throughput: {
    sends: 100,
    perSecond: changed.perSecond ?? 5_000,
    ackMs: spread(1),
    cpuMs: { relays: changed.cpu ?? 0.1, broker: 0 },
  },
  // Those of the other pace count for nothing.
  deliveries: [delivery(100, { latencyMs: spread(900) }), delivery(1_000, changed.delivery)],
});

const targets = (few: RelayFigures, many: RelayFigures[]) =>
  kafkaTargetsOf({
    parts: [
      { users: 50, rawProducer: { appends: 10, perSecond: 90_000 }, relays: [few] },
      { users: 5_000, rawProducer: { appends: 10, perSecond: 10_000 }, relays: many },
    ],
  });

const missed = (few: RelayFigures, ...many: RelayFigures[]): string[] =>
  targets(few, many)
    .filter(({ reached }) => !reached)
    .map(({ name }) => name);

it('are reached exactly at their bound', () => {
  expect(missed(relay(), relay({ cpu: 0.13 }))).toEqual([]);
});

it('are missed one by one', () => {
  expect(missed(relay(), relay({ perSecond: 4_999 }))).toEqual([
    'sends, 5000 users, 1 relay, to raw producer',
  ]);
  expect(missed(relay(), relay({ delivery: { latencyMs: spread(5.1, 50) } }))).toEqual([
    'send to receive, 5000 users, 1 relays, 1000/s, p50 ms',
  ]);
  expect(
    missed(relay(), relay(), { ...relay({ delivery: { latencyMs: spread(5, 50.1) } }), relays: 3 }),
  ).toEqual(['send to receive, 5000 users, 3 relays, 1000/s, p99 ms']);
  expect(missed(relay(), relay({ cpu: 0.131 }))).toEqual([
    'CPU per message at full load, 5000 users to fewest',
  ]);
  expect(missed(relay(), relay({ delivery: { cpuMs: { relays: 0.2, broker: 0.1 } } }))).toEqual([
    'CPU per message at 1000/s, 5000 users to fewest',
  ]);
});

it('stand beside their absolute values', () => {
  expect(targets(relay(), [relay({ perSecond: 7_500 })])[0]).toEqual({
    name: 'sends, 5000 users, 1 relay, to raw producer',
    value: 0.75,
    of: '7500/s to 10000/s',
    wanted: '>= 0.5',
    reached: true,
  });
});
