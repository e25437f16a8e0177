import { expect, it } from 'vitest';
import { createArrivals } from '../src/delivery/arrivals.ts';
import { latencyOf } from '../src/delivery/latency.ts';

it('tells the latency of each stamped message when all have come, once', async () => {
  let now = 0;
  const arrivals = createArrivals(() => now);
  const first = arrivals.take(2);
  now = 1_005;
  arrivals.add('1000|AAAA');
  arrivals.add('no stamp');
  now = 1_500.5;
  arrivals.add('1500|AAAA');
  expect(await first).toEqual({ latencies: [5, 0.5], seconds: 0.5005 });
  now = 2_001;
  arrivals.add('2000|AAAA');
  expect(await arrivals.take(1)).toEqual({ latencies: [1], seconds: 0.001 });
});

it('says the rate that was achieved, of readers who had the same load at once', () => {
  const parts = [
    { latencies: [1, 2], seconds: 0.5 },
    { latencies: [3, 4], seconds: 2 },
  ];
  expect(latencyOf(100, parts)).toEqual({
    perSecond: 100,
    achievedPerSecond: 2,
    messages: 4,
    latencyMs: { p50: 2, p95: 4, p99: 4, max: 4 },
  });
});
