import { EventLogError } from './errors.ts';

/** Milliseconds between two attempts to decode a record whose schema cannot be had: the first pause, and the longest. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

export interface Patience {
  /** Waits so many milliseconds; what it throws ends the attempts. */
  wait(ms: number): Promise<unknown>;
  /** The record waits for its schema: called once. */
  onWait(error: EventLogError): void;
}

/**
 * Decodes a record, and waits while a schema is needed that the registry does not give: passing the record over would
 * lose it. Throws what `decode` throws otherwise.
 */
export async function decodePatiently<T>(decode: () => Promise<T>, { wait, onWait }: Patience): Promise<T> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await decode();
    } catch (error) {
      if (!(error instanceof EventLogError && error.retryable)) throw error;
      if (pause === FIRST_PAUSE_MS) onWait(error);
      await wait(pause);
    }
  }
}
