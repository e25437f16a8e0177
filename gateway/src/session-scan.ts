import { setImmediate } from 'node:timers/promises';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Session, Sessions } from './sessions.ts';

/** Milliseconds that scans may hold the event loop before they let others run. */
const SLICE_MS = 2;
/** Scans that wait for their turn, of all addresses: each is one request's body in memory. */
const WAITING_MAX = 64;
/** Scans of one address, so that one place cannot take all the turns. */
const PER_ADDRESS_MAX = 8;

/** Searches all sessions for the one whose key verifies: one scan at a time, in slices. */
export interface SessionScan {
  /** Null when no session opened before the call fits. Throws `unavailable` when too many wait. */
  find(address: string, fits: (session: Session) => boolean): Promise<Session | null>;
}

export function createSessionScan(sessions: Sessions): SessionScan {
  const waiting = new Map<string, number>();
  let total = 0;
  let turn: Promise<unknown> = Promise.resolve();

  /** Of the slice that all scans share: those that find at once follow one another without a pause. */
  let sliceEnd = 0;

  const breathe = async (): Promise<void> => {
    if (performance.now() < sliceEnd) return;
    await setImmediate();
    sliceEnd = performance.now() + SLICE_MS;
  };

  const scan = async (fits: (session: Session) => boolean, afterSerial: number): Promise<Session | null> => {
    await breathe();
    for (const session of sessions.all()) {
      if (session.serial > afterSerial && fits(session)) return session;
      if (performance.now() >= sliceEnd) await breathe();
    }
    return null;
  };

  const scanToHead = async (fits: (session: Session) => boolean): Promise<Session | null> => {
    const known = sessions.lastSerial();
    const found = await scan(fits, 0);
    if (found) return found;
    await sessions.caughtUp();
    return scan(fits, known);
  };

  return {
    async find(address, fits) {
      const own = waiting.get(address) ?? 0;
      if (total >= WAITING_MAX || own >= PER_ADDRESS_MAX) throw new AppError('unavailable');
      waiting.set(address, own + 1);
      total += 1;
      try {
        const found = turn.then(() => scanToHead(fits));
        turn = found.catch(() => null);
        return await found;
      } finally {
        total -= 1;
        const left = (waiting.get(address) ?? 1) - 1;
        if (left > 0) waiting.set(address, left);
        else waiting.delete(address);
      }
    },
  };
}
