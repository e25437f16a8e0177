import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Failures, isForgiven, NO_FAILURES, oneMore, waitAfter } from '../src/growing-delay.ts';

const DELAY = { free: 3, firstMs: 1_000, maxMs: 10_000, forgiveMs: 60_000 };
const NOW = 1_767_522_600_000;

const afterMany = (count: number, at = NOW): Failures => {
  let failures = NO_FAILURES;
  for (let done = 0; done < count; done += 1) failures = oneMore(failures, DELAY, at);
  return failures;
};

describe('a growing delay', () => {
  it('is none for the free failures, then a second, and twice as long after each further one, up to its most', () => {
    const waits = Array.from({ length: 10 }, (_, count) => waitAfter(afterMany(count), DELAY, NOW));
    expect(waits).toEqual([0, 0, 0, 0, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  });

  it('passes with the time', () => {
    const failures = afterMany(5);
    expect([0, 1, 1_999, 2_000, 2_001].map((ms) => waitAfter(failures, DELAY, NOW + ms))).toEqual([
      2_000, 1_999, 1, 0, 0,
    ]);
  });

  it('forgives a failure for each minute without one, and all of them in the end', () => {
    const failures = afterMany(5);
    const next = (ms: number) => oneMore(failures, DELAY, NOW + ms).count;
    expect([59_999, 60_000, 179_999, 300_000, 10 ** 12].map(next)).toEqual([6, 5, 4, 1, 1]);
    expect(isForgiven(failures, DELAY, NOW + 299_999)).toBe(false);
    expect(isForgiven(failures, DELAY, NOW + 300_000)).toBe(true);
    expect(isForgiven(NO_FAILURES, DELAY, NOW)).toBe(true);
  });

  it('counts no more than its most takes: a million failures are forgiven like ten', () => {
    expect(afterMany(1_000)).toEqual(afterMany(8));
    expect(waitAfter(afterMany(8), DELAY, NOW)).toBe(10_000);
    expect(waitAfter(afterMany(7), DELAY, NOW)).toBe(8_000);
  });

  it('is never longer than its most nor negative, whatever the clock does', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), (count, ms) => {
        const wait = waitAfter(afterMany(count), DELAY, NOW + ms);
        expect(wait).toBeGreaterThanOrEqual(0);
        expect(wait).toBeLessThanOrEqual(DELAY.maxMs);
        expect(oneMore(afterMany(count), DELAY, NOW + ms).count).toBeGreaterThan(0);
      }),
    );
  });
});
