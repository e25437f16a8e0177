import { round, type Spread, spreadOf } from '../arithmetic.ts';

export interface Timing extends Spread {
  readonly mean: number;
}

/** The work's result; the milliseconds that it took go to the samples. */
export function timed<T>(samples: number[], work: () => T): T {
  const start = performance.now();
  const result = work();
  samples.push(performance.now() - start);
  return result;
}

/** The same, of work that is awaited. */
export async function timedAsync<T>(samples: number[], work: () => Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  samples.push(performance.now() - start);
  return result;
}

/** In milliseconds. Throws without samples. */
export const timingOf = (samples: readonly number[]): Timing => ({
  mean: round(samples.reduce((sum, sample) => sum + sample, 0) / samples.length, 2),
  ...spreadOf(samples),
});

/** Of samples in milliseconds, in microseconds. Throws without samples. */
export const microseconds = (samples: readonly number[]): Timing =>
  timingOf(samples.map((sample) => 1_000 * sample));
