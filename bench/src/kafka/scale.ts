import type { Pace } from '../paced.ts';

/** How much is measured on Kafka. Counts, not seconds, as in the other scale. */
export interface KafkaScale {
  /** Numbers of users, upwards: each has two topics, and those of the smaller numbers stay. */
  readonly users: readonly number[];
  /** Numbers of relay processes. */
  readonly relays: readonly number[];
  /** Sends in flight. */
  readonly concurrency: number;
  readonly sends: number;
  readonly appends: number;
  /** Sends before those that count, to relays that have just started: they compile their code meanwhile. */
  readonly warmUp: number;
  readonly paces: readonly Pace[];
}

export const FULL_KAFKA: KafkaScale = {
  users: [50, 2_000, 5_000],
  relays: [1, 2, 3],
  concurrency: 256,
  sends: 30_000,
  appends: 150_000,
  warmUp: 10_000,
  paces: [
    { perSecond: 100, count: 1_500 },
    { perSecond: 1_000, count: 15_000 },
  ],
};

export const QUICK_KAFKA: KafkaScale = {
  users: [2, 6],
  relays: [1, 2],
  concurrency: 8,
  sends: 100,
  appends: 100,
  warmUp: 8,
  paces: [
    { perSecond: 100, count: 10 },
    { perSecond: 1_000, count: 50 },
  ],
};
