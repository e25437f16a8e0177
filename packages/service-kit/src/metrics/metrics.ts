/** A count that only grows. */
export interface Counter<Label extends string> {
  add(labels: Readonly<Record<Label, string>>, count?: number): void;
}

/** How often values fell below each of some bounds, and their sum. */
export interface Histogram<Label extends string> {
  observe(labels: Readonly<Record<Label, string>>, value: number): void;
}

/**
 * Where a part says what it counts. A name may be asked for again, with the same labels. The values of a label are a closed
 * list: patterns of routes, codes, kinds; never a user, a session, an address or anything else that a request brings along.
 */
export interface Metrics {
  counter<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
  ): Counter<Label>;
  /** `bounds`: upper ones, rising. */
  histogram<Label extends string = never>(
    name: string,
    help: string,
    bounds: readonly number[],
    labels?: readonly Label[],
  ): Histogram<Label>;
  /** What `read` says whenever somebody asks; a later one of the same labels takes its place. */
  gauge(
    name: string,
    help: string,
    read: () => number | Promise<number>,
    labels?: Readonly<Record<string, string>>,
  ): void;
}

const IGNORED = { add: () => {}, observe: () => {} };

/** Nobody asks. */
export const NO_METRICS: Metrics = {
  counter: () => IGNORED,
  histogram: () => IGNORED,
  gauge: () => {},
};

/** Seconds of what a client waits for: 1 ms is a good answer here, after 5 s it has given up. */
export const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
