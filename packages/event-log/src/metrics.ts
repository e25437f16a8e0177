/** Where the event log says what it counts; that of the service kit, for one, takes it. */
export interface Metrics {
  counter<Label extends string = never>(
    name: string,
    help: string,
    labels?: readonly Label[],
  ): { add(labels: Readonly<Record<Label, string>>, count?: number): void };
  histogram(
    name: string,
    help: string,
    bounds: readonly number[],
  ): { observe(labels: Readonly<Record<never, string>>, value: number): void };
  /** What `read` says whenever somebody asks. */
  gauge(name: string, help: string, read: () => number, labels?: Readonly<Record<string, string>>): void;
}

export const NO_METRICS: Metrics = {
  counter: () => ({ add: () => {} }),
  histogram: () => ({ observe: () => {} }),
  gauge: () => {},
};

/** Of how many writes share one flush to the disk. */
export const SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000] as const;
/** Seconds until something is durable: a good disk takes 1 ms or less, and after 4 s callers are refused. */
export const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] as const;
