export interface RateLimitOptions {
  /** Of one name within any `windowMs` milliseconds. */
  readonly max: number;
  readonly windowMs: number;
  readonly clock: () => number;
}

/** How often something may be done under one name. Memory: up to `max` moments for each name of the last two windows. */
export interface RateLimit {
  /** Counts one and gives 0; or counts nothing and gives the milliseconds until one more may be. */
  take(name: string): number;
}

export function createRateLimit({ max, windowMs, clock }: RateLimitOptions): RateLimit {
  const taken = new Map<string, number[]>();
  let swept = clock();

  const sweep = (now: number): void => {
    swept = now;
    for (const [name, times] of taken) if ((times.at(-1) ?? 0) <= now - windowMs) taken.delete(name);
  };

  return {
    take(name) {
      const now = clock();
      if (now - swept >= windowMs) sweep(now);
      const times = (taken.get(name) ?? []).filter((time) => time > now - windowMs);
      taken.set(name, times);
      const [oldest] = times;
      if (times.length >= max && oldest !== undefined) return oldest + windowMs - now;
      times.push(now);
      return 0;
    },
  };
}
