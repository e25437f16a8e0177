import { describe, expect, it } from 'vitest';
import { median, percentile, ratio, round, spreadOf } from '../src/arithmetic.ts';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('percentiles', () => {
  it('are nearest ranks: always a sample, never between two', () => {
    expect(percentile(upTo(100), 0.5)).toBe(50);
    expect(percentile(upTo(100), 0.99)).toBe(99);
    expect(percentile(upTo(101), 0.99)).toBe(100);
    expect(percentile([7], 0.01)).toBe(7);
    expect(percentile([1, 2, 3], 0)).toBe(1);
    expect(percentile([1, 2, 3], 1)).toBe(3);
  });

  it('do not exist without samples', () => {
    expect(() => percentile([], 0.5)).toThrow('no samples');
  });

  it('sort by number and leave the samples as they were', () => {
    const samples = [10, 9, 100, 1];
    expect(spreadOf(samples)).toEqual({ p50: 9, p95: 100, p99: 100, max: 100 });
    expect(samples).toEqual([10, 9, 100, 1]);
  });
});

describe('the median', () => {
  it('is the middle, or the mean of the two in the middle', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([4, 1, 2, 10])).toBe(3);
  });
});

describe('a ratio', () => {
  it('has three digits', () => {
    expect(ratio(2, 3)).toBe(0.667);
    expect(round(1.005, 1)).toBe(1);
  });

  it('to nothing is refused', () => {
    expect(() => ratio(1, 0)).toThrow(RangeError);
    expect(() => ratio(1, Number.NaN)).toThrow(RangeError);
  });
});
