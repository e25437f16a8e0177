export interface ExpiringSetOptions {
  /** Milliseconds for which an entry stays. */
  readonly lifeMs: number;
  /** Entries kept; the oldest makes room. */
  readonly max: number;
  /** Milliseconds. */
  readonly now: () => number;
}

/** Remembers for a while. */
export interface ExpiringSet {
  add(entry: string): void;
  has(entry: string): boolean;
}

export function createExpiringSet({ lifeMs, max, now }: ExpiringSetOptions): ExpiringSet {
  /** Entry to the moment of its end; every life is equally long, so the oldest comes first. */
  const entries = new Map<string, number>();
  return {
    add(entry) {
      entries.delete(entry);
      entries.set(entry, now() + lifeMs);
      const [oldest] = entries.keys();
      if (entries.size > max && oldest !== undefined) entries.delete(oldest);
    },
    has: (entry) => (entries.get(entry) ?? 0) > now(),
  };
}
