/** Sets of message numbers (1 to `NUMBER_MAX`): how much of a numbering has come, was seen, or is asked for again. */

/** The lowest first, none overlapping another or beginning right after it: a set has one form. */
export type Ranges = readonly (readonly [first: number, last: number])[];

/** A message number has 4 bytes. */
export const NUMBER_MAX = 2 ** 32 - 1;
/** Ranges of one text: a set with more holes than a connection leaves; with the longest numbers it is padded to 4 KiB. */
export const RANGES_MAX = 64;
const RANGE = /^([1-9]\d{0,9})-([1-9]\d{0,9})$/;

export const isMessageNumber = (value: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= NUMBER_MAX;

export const includes = (ranges: Ranges, number: number): boolean =>
  ranges.some(([first, last]) => first <= number && number <= last);

export const addNumber = (ranges: Ranges, number: number): Ranges => union(ranges, [[number, number]]);

export function union(one: Ranges, other: Ranges): Ranges {
  const joined: [first: number, last: number][] = [];
  for (const [first, last] of [...one, ...other].sort((a, b) => a[0] - b[0])) {
    const before = joined.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else joined.push([first, last]);
  }
  return joined;
}

/** What is in one and not in the other. */
export function subtract(one: Ranges, other: Ranges): Ranges {
  const left: [first: number, last: number][] = [];
  let at = 0;
  for (const [first, last] of one) {
    let from = first;
    // Those that end before this one begins do not matter for the next ones either.
    while ((other[at]?.[1] ?? Number.POSITIVE_INFINITY) < first) at += 1;
    for (let index = at; index < other.length; index += 1) {
      const [otherFirst, otherLast] = other[index] ?? [0, 0];
      if (otherFirst > last) break;
      if (otherFirst > from) left.push([from, otherFirst - 1]);
      from = Math.max(from, otherLast + 1);
    }
    if (from <= last) left.push([from, last]);
  }
  return left;
}

/** What is in both. */
export const intersect = (one: Ranges, other: Ranges): Ranges => subtract(one, subtract(one, other));

/** How many numbers it has. */
export const sizeOf = (ranges: Ranges): number =>
  ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** What of it is at most `last`. */
export const upTo = (ranges: Ranges, last: number): Ranges =>
  ranges.flatMap(([from, to]) => (from > last ? [] : [[from, Math.min(to, last)]]));

/** The highest `max` numbers, the lowest of them first. */
export function numbersOf(ranges: Ranges, max: number): number[] {
  const numbers: number[] = [];
  for (const [first, last] of [...ranges].reverse())
    for (let number = last; number >= first && numbers.length < max; number -= 1) numbers.push(number);
  return numbers.reverse();
}

/** The number up to which the set has all; 0 when it has not the first. */
export function completeUpTo(ranges: Ranges): number {
  const [lowest] = ranges;
  return lowest?.[0] === 1 ? lowest[1] : 0;
}

/** The `max` ranges with the highest numbers. */
export const newest = (ranges: Ranges, max: number): Ranges => (max > 0 ? ranges.slice(-max) : []);

/** `1-7 9-9 12-15`, empty for none. Throws for what is not in its one form, and for more than `RANGES_MAX`. */
export function encodeRanges(ranges: Ranges): string {
  if (!isCanonical(ranges)) throw new RangeError(`not at most ${RANGES_MAX} ranges of message numbers`);
  return ranges.map(([first, last]) => `${first}-${last}`).join(' ');
}

/** Null for what `encodeRanges` did not write. */
export function decodeRanges(text: string): Ranges | null {
  if (text === '') return [];
  const ranges = text.split(' ', RANGES_MAX + 1).map((range) => {
    const [, first, last] = RANGE.exec(range) ?? [];
    return [Number(first), Number(last)] as const;
  });
  return isCanonical(ranges) ? ranges : null;
}

const isCanonical = (ranges: Ranges): boolean =>
  ranges.length <= RANGES_MAX &&
  ranges.every(([first, last], index) => {
    const before = ranges[index - 1]?.[1] ?? -1;
    return isMessageNumber(first) && isMessageNumber(last) && first <= last && first > before + 1;
  });
