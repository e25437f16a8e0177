import { EventLogError } from './errors.ts';

/**
 * Milliseconds for which a start waits for its log: brokers that start with us need some 30 s, the leaders of one that died are
 * replaced after the 9 s of its session, and an embedded log may be held by a process that is stopped.
 */
export const START_MS = 60_000;
const RETRY_MS = 500;

export interface StartPatience {
  /** Waits so many milliseconds, or until nobody wants the answer any more. */
  wait(ms: number): Promise<unknown>;
  /** The log is away: called once. */
  onWait(error: EventLogError): void;
  /** Whether no further answer can be another one. */
  isOver(): boolean;
}

/**
 * Asks again while the log is away, for a minute: who starts has nobody else to ask, and would only be started again. Throws
 * what `ask` throws otherwise, or in the end.
 */
export async function askPatiently<T>(ask: () => Promise<T>, patience: StartPatience): Promise<T> {
  const deadline = performance.now() + START_MS;
  for (let failures = 0; ; failures += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || patience.isOver() || performance.now() >= deadline) throw error;
      if (failures === 0) patience.onWait(error);
    }
    await patience.wait(RETRY_MS);
  }
}

/** A topic that was just made is missing where a broker has not heard of it yet. */
const isPassing = (error: unknown): error is EventLogError =>
  error instanceof EventLogError && (error.retryable || error.code === 'topic_missing');
