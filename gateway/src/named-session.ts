import type { Session, Sessions } from './sessions.ts';

/** The session of an id that a request names; null when it is none, also after a look at the log. */
export async function namedSession(
  sessions: Pick<Sessions, 'get' | 'caughtUp'>,
  sessionId: string,
): Promise<Session | null> {
  const known = sessions.get(sessionId);
  if (known) return known;
  if (!/^[A-Za-z0-9_-]{22}$/.test(sessionId)) return null;
  await sessions.caughtUp();
  return sessions.get(sessionId) ?? null;
}
