import { setTimeout as sleep } from 'node:timers/promises';

/** What SQLite reports when the disk, not the request, is the trouble. */
const DISK = /^SQLITE_(BUSY|FULL|IOERR|READONLY)(_|$)/;
/** What the operating system reports when a server cannot be reached, or was lost. */
const NETWORK = /^E(CONN(REFUSED|RESET|ABORTED)|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|AI_AGAIN|NOTFOUND)$/;
/**
 * SQLSTATEs: connection lost, conflict between transactions, no room, intervention of an operator (a time-out and a
 * server that starts or stops are among them), disk; a standby that is read only; a lock that is held.
 */
const SERVER = /^((08|40|53|57|58)[0-9A-Z]{3}|25006|55P03)$/;
/** What pg says without a code when a connection ends, and knex when none is free in time. */
const CONNECTION =
  /\b(Connection (terminated|ended)|timeout expired|Query read timeout|not queryable|Timeout acquiring a connection)\b/;

/** Milliseconds between two tries: soon enough for nobody to wait much longer than the trouble lasts. */
const RETRY_MS = 250;

/** Whether the database, not the request, is the trouble: it may pass, and then the same call may succeed. */
export function isDatabaseTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null) return CONNECTION.test(error.message);
  return DISK.test(code) || NETWORK.test(code) || SERVER.test(code);
}

/** Does the work again while the database is the trouble; throws what went wrong last once `until` is aborted. */
export async function retryDatabase<T>(work: () => Promise<T>, until: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (until.aborted || !isDatabaseTrouble(error)) throw error;
      await sleep(RETRY_MS, undefined, { signal: until }).catch(() => {
        throw error;
      });
    }
  }
}
