import type { Draft } from './draft.ts';

/** How often each endpoint was answered in which way. */
export interface Tally {
  count(draft: Draft, outcome: string): void;
  /** By endpoint, the method and the path as the contract has them. */
  readonly endpoints: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** By what was done to requests. */
  readonly bends: ReadonlyMap<string, number>;
}

export function createTally(): Tally {
  const endpoints = new Map<string, Map<string, number>>();
  const bends = new Map<string, number>();
  const add = (counts: Map<string, number>, name: string): void =>
    void counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    endpoints,
    bends,
    count({ endpoint: { method, path }, bent }, outcome) {
      const name = `${method} ${path}`;
      const outcomes = endpoints.get(name) ?? new Map<string, number>();
      endpoints.set(name, outcomes);
      add(outcomes, outcome);
      for (const bend of bent) add(bends, bend);
    },
  };
}
