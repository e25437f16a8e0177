import { createBuckets, type Rate } from '@secure-chat/service-kit/buckets';
import type { RuleName } from './rules.ts';

/** Buckets of one rule, and as many of what is not told: some 20 MB. */
const BUCKETS_MAX = 100_000;
/** The part of a rate, and of a burst, that a gateway tells nobody of: honest use stays within it. */
const QUIET = 1 / 4;

/** One rule at one gateway. */
export interface Limit {
  readonly rule: RuleName;
  /** Milliseconds until one more may be taken. */
  wait(key: string): number;
  take(key: string): void;
  /** What another gateway says that it gave, and when. */
  learn(key: string, many: number, at: number): void;
}

export interface LimitParts {
  readonly rule: RuleName;
  readonly rate: Rate;
  readonly clock: () => number;
  /** One was taken beyond the part that is not told. */
  readonly onBeyond: (rule: RuleName, key: string) => void;
}

export function createLimit({ rule, rate, clock, onBeyond }: LimitParts): Limit {
  const buckets = createBuckets({ rate, max: BUCKETS_MAX, clock });
  const quietRate = { ...rate, count: rate.count * QUIET, burst: Math.max(1, rate.burst * QUIET) };
  const quiet = createBuckets({ rate: quietRate, max: BUCKETS_MAX, clock });
  return {
    rule,
    wait: buckets.wait,
    take(key) {
      buckets.take(key);
      if (quiet.wait(key) > 0) onBeyond(rule, key);
      else quiet.take(key);
    },
    learn: buckets.take,
  };
}
