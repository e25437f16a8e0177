import type { Offset } from './events.ts';

export interface MailboxRecord {
  /** Grows by one per record of a topic, from 0. A hole means that records are lost or trimmed. */
  readonly offset: Offset;
  readonly value: Uint8Array;
}

export interface ReadOptions {
  /** First offset wanted. Where it is trimmed, reading begins with the first record that is kept. */
  readonly from: Offset;
  /** Most records to return. */
  readonly limit: number;
  /** Most bytes of values to return; a first record larger than that is returned alone. */
  readonly maxBytes: number;
}

/**
 * Two single-partition topics per user. Every method throws `EventLogError`: `topic_missing` for a topic that was
 * not created (or was deleted), `unavailable` when the caller may try again, `closed` after `close`.
 */
export interface Mailboxes {
  /** Makes the topics that do not exist; those that do are left as they are. Durable and writable when it resolves. */
  create(topics: readonly string[]): Promise<void>;

  /** Removes topics with records and cursors; a missing one is no error. Who follows one gets `topic_missing`. */
  delete(topics: readonly string[]): Promise<void>;

  /**
   * Resolves to the offset once the record is durable (group commit: concurrent appends share one flush, each has
   * its own outcome). Appends to one topic get offsets in the order of the calls.
   */
  append(topic: string, value: Uint8Array): Promise<Offset>;

  /** Up to `limit` records in order; empty at the head. */
  read(topic: string, options: ReadOptions): Promise<MailboxRecord[]>;

  /**
   * Pushes every record from an offset on, then live ones: no gap, no duplicate. The listener gets one batch at a time,
   * the next when it has returned (or its promise has): that is the back-pressure.
   */
  follow(
    topic: string,
    from: Offset,
    listener: (batch: MailboxRecord[]) => void | Promise<void>,
  ): Promise<Following>;

  /** The offset that the next record will get. */
  head(topic: string): Promise<Offset>;

  /** The durable cursor: the first offset not yet acknowledged; 0 for a new topic. */
  cursor(topic: string): Promise<Offset>;

  /** Moves the cursor forward; a lower offset than the present one changes nothing. Never beyond the head. Durable when it resolves. */
  commit(topic: string, cursor: Offset): Promise<void>;

  /** Lets the log drop the records below an offset, never beyond the head. They may stay for a while. */
  trim(topic: string, before: Offset): Promise<void>;

  close(): Promise<void>;
}

export interface Following {
  /** Never resolves; rejects when following ended with an error. Closing leaves it pending. */
  readonly failed: Promise<never>;
  /** Stops. No listener call begins after it has resolved. */
  close(): Promise<void>;
}
