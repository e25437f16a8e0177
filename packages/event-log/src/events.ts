/**
 * A record's place in its topic: a non-negative safe integer. Opaque to callers, who may compare two of one topic:
 * the later record has the greater offset.
 */
export type Offset = number;

export interface Event {
  readonly offset: Offset;
  readonly key: string;
  /** Null is a tombstone: the key is gone. */
  readonly value: Uint8Array | null;
}

/**
 * The few topics that every service follows. Compacted: of each key at least the newest record is kept, so who
 * follows from the start is complete. At least once, in order per topic.
 */
export interface Events {
  /** Resolves to the record's offset once it is durable. Throws `EventLogError`. */
  publish(topic: string, key: string, value: Uint8Array | null): Promise<Offset>;

  /**
   * Follows a topic from its start, then live. The handler gets one event at a time, the next one when it has
   * returned (or its promise has). A handler that throws ends the subscription: `caughtUp` rejects with its error,
   * and so does `failed`.
   */
  subscribe(topic: string, handler: (event: Event) => void | Promise<void>): Promise<EventSubscription>;

  /**
   * Resolves when the log answers for a topic, which need not exist; writes nothing, so a disk that is full is not noticed. Throws
   * `EventLogError`.
   */
  reachable(topic: string): Promise<void>;

  close(): Promise<void>;
}

export interface EventSubscription {
  /**
   * Resolves when the handler has had every event that was durable at the time of the call, by whomever it was
   * published. Concurrent calls share one question to the log.
   */
  caughtUp(): Promise<void>;
  /** Never resolves; rejects when the subscription ended with an error. Closing leaves it pending. */
  readonly failed: Promise<never>;
  /** Stops. No handler call begins after it has resolved. */
  close(): Promise<void>;
}
