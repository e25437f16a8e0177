import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addNumber,
  completeUpTo,
  decodeRanges,
  encodeRanges,
  includes,
  intersect,
  isMessageNumber,
  NUMBER_MAX,
  newest,
  RANGES_MAX,
  type Ranges,
  sizeOf,
  subtract,
  union,
} from '../../src/e2ee/ranges.ts';

/** Few and near each other, so that they meet: up to 30. */
const HIGHEST = 30;
const numbers = fc.array(fc.integer({ min: 1, max: HIGHEST }), { maxLength: 20 });
const rangesOf = (of: readonly number[]): Ranges => of.reduce<Ranges>(addNumber, []);
const numbersOf = (ranges: Ranges): number[] =>
  ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
const sorted = (of: Iterable<number>): number[] => [...new Set(of)].sort((a, b) => a - b);
const holes = (count: number): Ranges => rangesOf(Array.from({ length: count }, (_, index) => 2 * index + 1));

describe('ranges of numbers', () => {
  it('are the numbers that were added, in one form, whatever their order', () => {
    fc.assert(
      fc.property(numbers, (of) => {
        const ranges = rangesOf(of);
        expect(numbersOf(ranges)).toEqual(sorted(of));
        expect(rangesOf(of.toReversed())).toEqual(ranges);
        expect(decodeRanges(encodeRanges(ranges))).toEqual(ranges);
        for (let number = 1; number <= HIGHEST; number++)
          expect(includes(ranges, number)).toBe(of.includes(number));
      }),
      { numRuns: 2_000 },
    );
  });

  it('have a union, and neither part is changed by it', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [first, second] = [rangesOf(one), rangesOf(other)];
        const before = JSON.stringify([first, second]);
        expect(union(first, second)).toEqual(rangesOf([...one, ...other]));
        expect(union(second, first)).toEqual(union(first, second));
        expect(JSON.stringify([first, second])).toBe(before);
      }),
      { numRuns: 2_000 },
    );
  });

  it('have in common what is in both', () => {
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const both = one.filter((number) => other.includes(number));
        expect(intersect(rangesOf(one), rangesOf(other))).toEqual(rangesOf(both));
      }),
      { numRuns: 2_000 },
    );
  });

  it('with their gaps are all numbers up to the last', () => {
    fc.assert(
      fc.property(numbers, (of) => {
        const ranges = rangesOf(of);
        const last = Math.max(0, ...of);
        const missing = Array.from({ length: last }, (_, index) => index + 1).filter(
          (number) => !of.includes(number),
        );
        const gaps = subtract(last === 0 ? [] : [[1, last]], ranges);
        expect(numbersOf(gaps)).toEqual(missing);
        expect(sizeOf(gaps)).toBe(missing.length);
        expect(union(ranges, gaps)).toEqual(last === 0 ? [] : [[1, last]]);
        expect(completeUpTo(ranges)).toBe((missing[0] ?? last + 1) - 1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('are cut to the newest', () => {
    expect(newest(holes(3), 2)).toEqual([
      [3, 3],
      [5, 5],
    ]);
    expect(newest(holes(3), 9)).toEqual(holes(3));
    expect(newest(holes(3), 0)).toEqual([]);
  });

  it('are written as lists of first and last', () => {
    expect(encodeRanges(rangesOf([1, 2, 3, 9, 12, 13]))).toBe('1-3 9-9 12-13');
    expect(encodeRanges([])).toBe('');
    expect(encodeRanges([[1, NUMBER_MAX]])).toBe('1-4294967295');
  });

  it('are not written in another form, nor when they are too many', () => {
    expect(decodeRanges(encodeRanges(holes(RANGES_MAX)))).toEqual(holes(RANGES_MAX));
    const others: Ranges[] = [
      holes(RANGES_MAX + 1),
      [[0, 1]],
      [[2, 1]],
      [[1.5, 2]],
      [[1, NUMBER_MAX + 1]],
      [[Number.NaN, 1]],
      [
        [3, 4],
        [1, 1],
      ],
      [
        [1, 2],
        [3, 4],
      ],
    ];
    for (const ranges of others) expect(() => encodeRanges(ranges)).toThrow(RangeError);
  });

  it.each([
    '1',
    '0-1',
    '2-1',
    '01-2',
    '1-4294967296',
    '1-99999999999999999999',
    '1-2 3-4',
    '3-3 1-1',
    '1-3 2-4',
    ' 1-1',
    '1-1 ',
    '1-1  3-3',
    '1-1\n',
    '1-1,3-3',
    '+1-1',
    '1--1',
    'x',
    Array.from({ length: RANGES_MAX + 1 }, (_, index) => `${2 * index + 1}-${2 * index + 1}`).join(' '),
  ])('are not read of %j', (text) => {
    expect(decodeRanges(text)).toBeNull();
  });

  it('are whatever decodes, and no text throws', () => {
    const texts = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'0129- ') }));
    fc.assert(
      fc.property(texts, (text) => {
        const ranges = decodeRanges(text);
        if (ranges) expect(encodeRanges(ranges)).toBe(text);
      }),
      { numRuns: 25_000 },
    );
  });

  it('are of message numbers', () => {
    for (const number of [1, NUMBER_MAX]) expect(isMessageNumber(number)).toBe(true);
    for (const number of [0, -1, 1.5, NUMBER_MAX + 1, Number.NaN])
      expect(isMessageNumber(number)).toBe(false);
  });
});
