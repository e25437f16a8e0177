import {
  type Failures,
  type GrowingDelay,
  isForgiven,
  NO_FAILURES,
  oneMore,
  waitAfter,
} from './growing-delay.ts';

/** A school behind one address makes 50 mistakes; a minute at most, since those who are honest there wait, too. */
export const NETWORK_DELAY: GrowingDelay = { free: 50, firstMs: 1_000, maxMs: 60_000, forgiveMs: 60_000 };

/**
 * Networks remembered, some 8 MB. Who has more of them can make that the oldest is forgotten, and gains nothing: a new one of his own has
 * as many tries. What counts for accounts is counted there.
 */
export const NETWORKS_MAX = 50_000;

/** Of what a login can fail by. Each is counted alone: challenges that a stranger makes up delay nobody who has opened his. */
export type FailureKind = 'bad_challenge' | 'wrong_proof';

/** Failed logins of each network, in memory: a restart forgets them. */
export interface NetworkFailures {
  /** Milliseconds until the next try. */
  wait(kind: FailureKind, network: string): number;
  failed(kind: FailureKind, network: string): void;
  count(): number;
}

export function createNetworkFailures(clock: () => number, max = NETWORKS_MAX): NetworkFailures {
  /** Oldest failure first. */
  const all = new Map<string, Failures>();

  const forget = (now: number): void => {
    for (const [name, failures] of all) {
      if (all.size <= max && !isForgiven(failures, NETWORK_DELAY, now)) return;
      all.delete(name);
    }
  };

  return {
    wait: (kind, network) => waitAfter(all.get(`${kind} ${network}`) ?? NO_FAILURES, NETWORK_DELAY, clock()),
    failed(kind, network) {
      const name = `${kind} ${network}`;
      const now = clock();
      const failures = oneMore(all.get(name) ?? NO_FAILURES, NETWORK_DELAY, now);
      all.delete(name);
      all.set(name, failures);
      forget(now);
    },
    count: () => all.size,
  };
}
