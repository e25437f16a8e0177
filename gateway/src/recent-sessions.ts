/** Sessions remembered of one address: a house full of clients behind one router. */
const SESSIONS_MAX = 64;
/** Addresses remembered: at most some 30 MB of ids. */
const ADDRESSES_MAX = 10_000;

/** Which sessions were lately seen from which address: where a request that names none is tried first. */
export interface RecentSessions {
  /** Newest first. */
  of(address: string): readonly string[];
  saw(address: string, sessionId: string): void;
}

export function createRecentSessions(
  sessionsMax = SESSIONS_MAX,
  addressesMax = ADDRESSES_MAX,
): RecentSessions {
  /** Both levels keep the newest at the end. */
  const byAddress = new Map<string, Set<string>>();
  return {
    of: (address) => [...(byAddress.get(address) ?? [])].reverse(),
    saw(address, sessionId) {
      const sessions = byAddress.get(address) ?? new Set<string>();
      sessions.delete(sessionId);
      sessions.add(sessionId);
      byAddress.delete(address);
      byAddress.set(address, sessions);
      dropOldest(sessions, sessionsMax);
      dropOldest(byAddress, addressesMax);
    },
  };
}

function dropOldest(entries: Set<string> | Map<string, unknown>, max: number): void {
  if (entries.size <= max) return;
  const oldest = entries.keys().next();
  if (!oldest.done) entries.delete(oldest.value);
}
