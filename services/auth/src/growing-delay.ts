/** How failures delay the next try. Times in milliseconds. */
export interface GrowingDelay {
  /** Failures that cost nothing. */
  readonly free: number;
  /** After the first one beyond them; after each further one it is twice as long. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** A failure is forgiven for each of these that pass without another one. */
  readonly forgiveMs: number;
}

export interface Failures {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

export const NO_FAILURES: Failures = { count: 0, lastAt: 0 };

const delayOf = (count: number, { free, firstMs, maxMs }: GrowingDelay): number =>
  count <= free ? 0 : Math.min(maxMs, firstMs * 2 ** (count - free - 1));

/** Milliseconds until the next try may be made, 0 for now; never more than the delay itself, also when the clock went back. */
export function waitAfter({ count, lastAt }: Failures, delay: GrowingDelay, now: number): number {
  const ms = delayOf(count, delay);
  return Math.max(0, Math.min(ms, lastAt + ms - now));
}

/** One more. More than it takes for the longest delay are not counted, so that all of it is forgiven in time. */
export function oneMore({ count, lastAt }: Failures, delay: GrowingDelay, now: number): Failures {
  const most = delay.free + 1 + Math.ceil(Math.log2(delay.maxMs / delay.firstMs));
  return { count: Math.min(most, count - forgiven({ count, lastAt }, delay, now) + 1), lastAt: now };
}

/** Whether nothing is left to remember. */
export const isForgiven = (failures: Failures, delay: GrowingDelay, now: number): boolean =>
  forgiven(failures, delay, now) === failures.count;

const forgiven = ({ count, lastAt }: Failures, { forgiveMs }: GrowingDelay, now: number): number =>
  Math.max(0, Math.min(count, Math.floor((now - lastAt) / forgiveMs)));
