import { setImmediate } from 'node:timers';
import type { Database } from 'better-sqlite3';
import { EventLogError, logClosed } from '../errors.ts';
import { type Metrics, NO_METRICS, SECONDS, SIZES } from '../metrics.ts';
import { asEventLogError, isBusy } from './errors.ts';

/** Operations that may wait: about 0.2 s of work. With more, the disk does not keep up, and waiting would not help. */
export const QUEUE_MAX = 10_000;

/** Bytes of values that may wait: bounds memory when values are large. */
export const QUEUE_BYTES_MAX = 64 * 1024 * 1024;

/** Milliseconds of one transaction before its commit: the event loop is held no longer. */
const TRANSACTION_MS = 10;

/** Milliseconds of housekeeping at the end of a transaction. */
const HOUSEKEEPING_MS = 2;

/** Milliseconds for which other processes may keep us from writing; then what waits is refused. */
const WRITE_BUSY_MS = 5_000;

/** Milliseconds between two tries to begin while another process writes. */
const RETRY_MS = 2;

interface Operation {
  readonly bytes: number;
  /** Runs it inside the transaction; the result tells its caller, once the transaction's fate is known. */
  readonly run: () => () => void;
  readonly refuse: (error: unknown) => void;
}

export interface GroupCommit {
  /**
   * Queues an operation for the next transaction and resolves to its result once that is durable. An operation that throws
   * `EventLogError` must not have written: it alone is refused. Any other error refuses the whole transaction.
   * `bytes`: what the operation holds in memory meanwhile. Rejects `unavailable` at once when too much is queued.
   */
  run<T>(operation: () => T, bytes?: number): Promise<T>;
  /** Resolves when nothing that was accepted is still waiting. */
  drained(): Promise<void>;
  /** Refuses new operations, finishes the accepted ones. */
  close(): Promise<void>;
}

export interface GroupCommitOptions {
  /** Runs at the end of each transaction until the given `performance.now()`, and says whether it has more to do. */
  readonly housekeep: (until: number) => boolean;
  /** Something was written that others can read now. Does not throw. */
  readonly onCommit?: () => void;
  readonly busyMs?: number;
  readonly metrics?: Metrics;
}

/**
 * Everything queued within a turn of the event loop becomes one transaction: one flush to disk pays for all.
 * While another process writes, it tries again for `busyMs`, then refuses what waits.
 */
export function createGroupCommit(
  database: Database,
  { housekeep, onCommit = () => {}, busyMs = WRITE_BUSY_MS, metrics = NO_METRICS }: GroupCommitOptions,
): GroupCommit {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const rollback = database.prepare('ROLLBACK');
  let queue: Operation[] = [];
  let queuedBytes = 0;
  let scheduled = false;
  let busySince: number | undefined;
  let closed = false;
  let whenDrained: (() => void)[] = [];
  const sizes = metrics.histogram('log_commit_writes', 'Writes that shared one flush to the disk.', SIZES);
  const durations = metrics.histogram(
    'log_commit_seconds',
    'Seconds of a transaction, its flush included.',
    SECONDS,
  );
  const refused = metrics.counter('log_refused_writes_total', 'Writes that are not in the log.');
  metrics.gauge('log_waiting_writes', 'Writes that wait for a transaction.', () => queue.length);

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    if (closed && queue.length === 0) return;
    let taken = 0;
    let more = false;
    const tell: (() => void)[] = [];
    try {
      begin.run();
      busySince = undefined;
      const begun = performance.now();
      const until = begun + TRANSACTION_MS;
      for (const operation of queue) {
        taken++;
        tell.push(operation.run());
        if (performance.now() >= until) break;
      }
      more = housekeep(performance.now() + HOUSEKEEPING_MS);
      commit.run();
      if (taken > 0) {
        sizes.observe({}, taken);
        durations.observe({}, (performance.now() - begun) / 1000);
      }
      onCommit();
      settle(taken, (_, index) => tell[index]?.());
    } catch (error) {
      if (database.inTransaction) rollback.run();
      if (taken === 0 && isBusy(error) && mayWait()) {
        scheduled = true;
        setTimeout(flush, RETRY_MS);
        return;
      }
      const reason = asEventLogError(error);
      const lost = taken === 0 ? queue.length : taken;
      refused.add({}, lost);
      settle(lost, (operation) => operation.refuse(reason));
    }
    if (queue.length > 0 || (more && !closed)) schedule();
    if (queue.length === 0) {
      for (const resolve of whenDrained) resolve();
      whenDrained = [];
    }
  }

  function mayWait(): boolean {
    busySince ??= performance.now();
    if (performance.now() - busySince < busyMs) return true;
    busySince = undefined;
    return false;
  }

  function settle(count: number, tell: (operation: Operation, index: number) => void): void {
    const settled = queue.slice(0, count);
    queue = queue.slice(count);
    for (const [index, operation] of settled.entries()) {
      queuedBytes -= operation.bytes;
      tell(operation, index);
    }
  }

  function drained(): Promise<void> {
    return queue.length === 0 ? Promise.resolve() : new Promise((resolve) => whenDrained.push(resolve));
  }

  schedule(); // what an earlier process left to the housekeeping
  return {
    run(operation, bytes = 0) {
      return new Promise((resolve, reject) => {
        if (closed) throw logClosed();
        if (queue.length >= QUEUE_MAX || queuedBytes + bytes > QUEUE_BYTES_MAX) {
          refused.add({});
          throw new EventLogError('unavailable', 'Too many writes are waiting for the disk');
        }
        const run = () => {
          try {
            const result = operation();
            return () => resolve(result);
          } catch (error) {
            if (!(error instanceof EventLogError)) throw error;
            return () => reject(error);
          }
        };
        queuedBytes += bytes;
        queue.push({ bytes, run, refuse: reject });
        schedule();
      });
    },
    drained,
    close() {
      closed = true;
      return drained();
    },
  };
}
