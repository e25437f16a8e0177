import { setImmediate } from 'node:timers/promises';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Session, Sessions } from './sessions.ts';

/** Milliseconds that scans may hold the event loop before they let others run. */
const SLICE_MS = 2;
/** Scans that wait for their turn, of all addresses: each holds one request's body, 32 MiB together at most. */
const WAITING_MAX = 512;
/** Scans that wait of one address: the clients of an office that all come back at once. */
const PER_ADDRESS_MAX = 64;

interface Waiting {
  readonly fits: (session: Session) => boolean;
  readonly resolve: (session: Session | null) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Searches all sessions for the one whose key verifies: one scan at a time, in slices. Addresses take turns, so that
 * whoever sends many wrong signatures from one place makes only that place wait.
 */
export interface SessionScan {
  /** Null when no session opened before the call fits. Throws `unavailable` when too many wait. */
  find(address: string, fits: (session: Session) => boolean): Promise<Session | null>;
}

export function createSessionScan(sessions: Sessions): SessionScan {
  /** By address; the one whose turn is next comes first. */
  const queues = new Map<string, Waiting[]>();
  let total = 0;
  let serving = false;

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

  const serve = async (): Promise<void> => {
    serving = true;
    for (let [next] = queues; next; [next] = queues) {
      const [address, queue] = next;
      queues.delete(address);
      const first = queue.shift();
      if (queue.length > 0) queues.set(address, queue);
      if (!first) continue;
      total -= 1;
      await scanToHead(first.fits).then(first.resolve, first.reject);
    }
    serving = false;
  };

  return {
    async find(address, fits) {
      const queue = queues.get(address) ?? [];
      if (total >= WAITING_MAX || queue.length >= PER_ADDRESS_MAX) throw new AppError('unavailable');
      const found = new Promise<Session | null>((resolve, reject) => queue.push({ fits, resolve, reject }));
      queues.set(address, queue);
      total += 1;
      if (!serving) void serve();
      return found;
    },
  };
}
