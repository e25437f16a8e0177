/** What an attacker was answered, and how often. */
export interface Tally {
  count(outcome: string, times?: number): void;
  all(): Record<string, number>;
}

export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    count: (outcome, times = 1) => void counts.set(outcome, (counts.get(outcome) ?? 0) + times),
    all: () => Object.fromEntries(counts),
  };
}
