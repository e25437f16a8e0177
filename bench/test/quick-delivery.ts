import { expect } from 'vitest';

const spread = { p50: expect.any(Number), p99: expect.any(Number), max: expect.any(Number) };
const latency = { achievedPerSecond: expect.any(Number), latencyMs: spread };
const paces = [
  { perSecond: 100, messages: 20, ...latency },
  { perSecond: 1_000, messages: 40, ...latency },
];
const memory = { rss: expect.any(Number), heap: expect.any(Number) };

/** What a quick run says of the delivery. */
export const quickDelivery = (backend: 'embedded' | 'kafka') => ({
  setting: { quick: true, backend, relays: 2 },
  clients: {
    clients: 4,
    paces,
    away: {
      messages: 40,
      senders: 2,
      shownSeconds: expect.any(Number),
      acknowledgedSeconds: expect.any(Number),
    },
  },
  streams: { streams: 20, perStream: { gateway: memory, relay: memory }, paces },
  resume: { lost: 5, requests: 5, failures: 0, resumedMs: spread },
  bare: { streams: 20, perStream: { server: memory }, paces },
  follow: paces,
});
