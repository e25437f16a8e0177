/** Milliseconds, or any other unit, of a set of samples. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** Nearest rank: the smallest sample that at least `share` (0 to 1) of all samples do not exceed. Throws without samples. */
export function percentile(sorted: readonly number[], share: number): number {
  const sample = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (sample === undefined) throw new RangeError('no samples');
  return sample;
}

export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => round(percentile(sorted, share), 2);
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}

/** The middle sample; of an even number, the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const upwards = [...samples].sort((a, b) => a - b);
  const downwards = upwards.toReversed();
  return (percentile(upwards, 0.5) + percentile(downwards, 0.5)) / 2;
}

export const round = (value: number, digits: number): number => Number(value.toFixed(digits));

/** To three digits after the point. Throws when the base is not above 0: a share of nothing means nothing. */
export function ratio(value: number, base: number): number {
  if (!(base > 0)) throw new RangeError(`no ratio to ${base}`);
  return round(value / base, 3);
}
