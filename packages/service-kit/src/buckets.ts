import { createLately } from './lately.ts';

/** `count` in `perMs` milliseconds for as long as one likes; `burst` at once after a pause. */
export interface Rate {
  readonly count: number;
  readonly perMs: number;
  readonly burst: number;
}

/**
 * A bucket for each name, of one rate: GCRA, which is a number a bucket and no timer. Whoever is not among the `max` names that
 * were used last has a full bucket again: a flood of names takes no memory and refuses nobody.
 */
export interface Buckets {
  /** Milliseconds until one more may be taken; 0 for now. */
  wait(name: string): number;
  /** Takes `many`, whether they may be taken or not: the rest is owed. `at`: when, if that was before now; milliseconds. */
  take(name: string, many?: number, at?: number): void;
  size(): number;
}

export interface BucketsOptions {
  readonly rate: Rate;
  readonly max: number;
  readonly clock: () => number;
}

export function createBuckets({ rate, max, clock }: BucketsOptions): Buckets {
  const apart = rate.perMs / rate.count;
  /** How far the moment at which a bucket will be full may be away, for one more to be in it. */
  const reach = apart * (rate.burst - 1);
  const fullAt = createLately<number>(max);
  return {
    wait: (name) => Math.max(0, (fullAt.get(name) ?? 0) - reach - clock()),
    take: (name, many = 1, at = clock()) =>
      fullAt.set(name, Math.max(fullAt.get(name) ?? 0, at) + apart * many),
    size: fullAt.size,
  };
}
