import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { REPOSITORY } from '../src/child-process.ts';
import { quickDelivery } from './quick-delivery.ts';

it('measures relays, and the delivery, on a broker of its own', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'bench/src/main.ts', '--backend', 'kafka', '--json', '--quick'],
    { cwd: REPOSITORY },
  );
  const spread = { p50: expect.any(Number), p99: expect.any(Number) };
  const deliveries = [
    { perSecond: 100, messages: 10, latencyMs: spread, ackMs: spread, lateMs: spread },
    { perSecond: 1_000, messages: 50, latencyMs: spread, ackMs: spread, lateMs: spread },
  ];
  const relays = [1, 2].map((count) => ({
    relays: count,
    throughput: { sends: 100, ackMs: spread },
    deliveries,
  }));
  const { delivery, ...report } = JSON.parse(stdout);
  expect(delivery).toMatchObject(quickDelivery('kafka'));
  expect(report).toMatchObject({
    setting: { quick: true, concurrentSends: 8 },
    rawConsumer: [
      { perSecond: 100, messages: 10 },
      { perSecond: 1_000, messages: 50 },
    ],
    parts: [
      { users: 2, topics: 4, rawProducer: { appends: 100 }, relays },
      { users: 6, topics: 12, rawProducer: { appends: 100 }, relays },
    ],
    targets: expect.any(Array),
  });
  for (const figure of JSON.stringify(report).matchAll(/"(?:perSecond|rss|readerRss)":(\d[^,}]*)/g))
    expect(Number(figure[1])).toBeGreaterThan(0);
});
