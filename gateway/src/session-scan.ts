import type { Slices } from '@secure-chat/service-kit/slices';
import { createTurns } from '@secure-chat/service-kit/turns';
import type { Session, Sessions } from './sessions.ts';

/**
 * Each waiting one holds a request's body, 16 MiB together at most; of one address, the clients of an office that all come back at
 * once.
 */
const BOUNDS = { atOnce: 1, waiting: 256, waitingOfOne: 64 };

/**
 * Searches all sessions for the one whose key verifies: one scan at a time, in slices. Addresses take turns, so that
 * whoever sends many wrong signatures from one place makes only that place wait.
 */
export interface SessionScan {
  /**
   * Null when no session opened before the call fits, or nobody waits for the answer any more (`isGone`). Throws
   * `unavailable` when too many wait.
   */
  find(address: string, fits: (session: Session) => boolean, isGone?: () => boolean): Promise<Session | null>;
}

type Wanted = { readonly fits: (session: Session) => boolean; readonly isGone: () => boolean };

export function createSessionScan(sessions: Sessions, slices: Slices): SessionScan {
  const turns = createTurns(BOUNDS);

  const scan = async ({ fits, isGone }: Wanted, afterSerial: number): Promise<Session | null> => {
    await slices.breathe();
    for (const session of sessions.all()) {
      if (session.serial > afterSerial && fits(session)) return session;
      if (!slices.isOver()) continue;
      if (isGone()) return null;
      await slices.breathe();
    }
    return null;
  };

  const scanToHead = async (wanted: Wanted): Promise<Session | null> => {
    if (wanted.isGone()) return null;
    const known = sessions.lastSerial();
    const found = await scan(wanted, 0);
    if (found || wanted.isGone()) return found;
    await sessions.caughtUp();
    return scan(wanted, known);
  };

  return {
    find: (address, fits, isGone = () => false) => turns.take(address, () => scanToHead({ fits, isGone })),
  };
}
