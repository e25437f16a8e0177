import { AppError } from '@secure-chat/service-kit/app-error';
import type { Session, Sessions } from './sessions.ts';
import type { Slices } from './slices.ts';

/** Scans that wait for their turn, of all addresses: each holds one request's body, 16 MiB together at most. */
const WAITING_MAX = 256;
/** Scans that wait of one address: the clients of an office that all come back at once. */
const PER_ADDRESS_MAX = 64;

interface Waiting {
  readonly isGone: () => boolean;
  readonly fits: (session: Session) => boolean;
  readonly resolve: (session: Session | null) => void;
  readonly reject: (reason: unknown) => void;
}

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

export function createSessionScan(sessions: Sessions, slices: Slices): SessionScan {
  /** By address; the one whose turn is next comes first. */
  const queues = new Map<string, Waiting[]>();
  let total = 0;
  let serving = false;

  const scan = async ({ fits, isGone }: Waiting, afterSerial: number): Promise<Session | null> => {
    await slices.breathe();
    for (const session of sessions.all()) {
      if (session.serial > afterSerial && fits(session)) return session;
      if (!slices.isOver()) continue;
      if (isGone()) return null;
      await slices.breathe();
    }
    return null;
  };

  const scanToHead = async (waiting: Waiting): Promise<Session | null> => {
    if (waiting.isGone()) return null;
    const known = sessions.lastSerial();
    const found = await scan(waiting, 0);
    if (found || waiting.isGone()) return found;
    await sessions.caughtUp();
    return scan(waiting, known);
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
      await scanToHead(first).then(first.resolve, first.reject);
    }
    serving = false;
  };

  return {
    async find(address, fits, isGone = () => false) {
      const queue = queues.get(address) ?? [];
      if (total >= WAITING_MAX || queue.length >= PER_ADDRESS_MAX) throw new AppError('unavailable');
      const found = new Promise<Session | null>((resolve, reject) =>
        queue.push({ fits, isGone, resolve, reject }),
      );
      queues.set(address, queue);
      total += 1;
      if (!serving) void serve();
      return found;
    },
  };
}
