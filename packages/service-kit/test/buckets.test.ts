import { describe, expect, it } from 'vitest';
import { createBuckets } from '../src/buckets.ts';

/** Ten at once; one in 100 ms. */
const RATE = { count: 10, perMs: 1_000, burst: 10 };

function setUp(max = 1_000) {
  const clock = { now: 1_767_522_600_000 };
  const buckets = createBuckets({ rate: RATE, max, clock: () => clock.now });
  const tryTake = (name: string): number => {
    const wait = buckets.wait(name);
    if (wait === 0) buckets.take(name);
    return wait;
  };
  return { ...buckets, clock, tryTake };
}

describe('a bucket', () => {
  it('gives its burst at once, then one whenever its rate allows one, and says truly when', () => {
    const { tryTake, clock } = setUp();
    for (let n = 0; n < 10; n += 1) expect(tryTake('ann')).toBe(0);
    for (const wait of [100, 100]) expect(tryTake('ann')).toBe(wait);
    expect(tryTake('bob')).toBe(0);
    clock.now += 99;
    expect(tryTake('ann')).toBe(1);
    clock.now += 1;
    expect([tryTake('ann'), tryTake('ann')]).toEqual([0, 100]);
  });

  it('is never fuller than full, however long nobody takes from it', () => {
    const { tryTake, clock } = setUp();
    tryTake('ann');
    clock.now += 1_000_000;
    for (let n = 0; n < 10; n += 1) expect(tryTake('ann')).toBe(0);
    expect(tryTake('ann')).toBe(100);
  });

  it('owes what was taken beyond its burst, and what was taken before now has come back since', () => {
    const { take, wait, clock } = setUp();
    take('ann', 12);
    expect(wait('ann')).toBe(300);
    take('bob', 12, clock.now - 200);
    expect(wait('bob')).toBe(100);
    take('carol', 12, clock.now - 5_000);
    expect(wait('carol')).toBe(0);
  });
});

describe('many buckets', () => {
  it('are no more than so many; those in use are kept, and a flood of names refuses nobody', () => {
    const { tryTake, size } = setUp(100);
    for (let n = 0; n < 10; n += 1) tryTake('mallory');
    for (let n = 0; n < 10_000; n += 1) {
      expect(tryTake(`flood${n}`)).toBe(0);
      expect(tryTake('mallory')).toBeGreaterThan(0);
      expect(size()).toBeLessThanOrEqual(100);
    }
    expect(tryTake('ann')).toBe(0);
  });
});
