import { nowMs, stampOf } from '../stamp.ts';

/** What has arrived of a load of stamped messages. */
export interface Arrived {
  /** Milliseconds from stamp to arrival, of each. */
  readonly latencies: number[];
  /** From the first stamp to the last arrival. */
  readonly seconds: number;
}

export interface Arrivals {
  /** A message has arrived; one without a stamp is none of the load. */
  add(text: string): void;
  /** Resolves when so many have arrived since the last ones were taken. */
  take(count: number): Promise<Arrived>;
}

export function createArrivals(now: () => number = nowMs): Arrivals {
  let latencies: number[] = [];
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  let wanted: { count: number; resolve: () => void } | null = null;
  return {
    add(text) {
      const stamp = stampOf(text);
      if (stamp === null) return;
      last = now();
      first = Math.min(first, stamp);
      latencies.push(last - stamp);
      if (wanted && latencies.length >= wanted.count) wanted.resolve();
    },
    async take(count) {
      await new Promise<void>((resolve) => {
        wanted = { count, resolve };
        if (latencies.length >= count) resolve();
      });
      const arrived = { latencies, seconds: latencies.length > 0 ? (last - first) / 1000 : 0 };
      latencies = [];
      first = Number.POSITIVE_INFINITY;
      wanted = null;
      return arrived;
    },
  };
}
