/** What a backend gives to the contract suites: one log, which lasts as long as the suite. */
export interface LogUnderTest<T> {
  /** One more instance on the log, as another process would have it: several may be open at once. */
  open(): Promise<T>;
  /**
   * Starts another process that runs `writeUntilKilled` on a topic: mailboxes: the topic exists; it appends 0, 1, 2, ... in
   * decimal; events: it publishes each under a key of its own.
   */
  startWriter(topic: string): Promise<WriterProcess>;
  /** Removes what the suite has left behind. */
  remove(): Promise<void>;
}

export type Harness<T> = () => Promise<LogUnderTest<T>>;

export interface WriterProcess {
  /** Resolves when so many writes are acknowledged; rejects when the process ends before. */
  acknowledgedAtLeast(count: number): Promise<void>;
  /** kill -9; resolves, when the process is gone, to the numbers whose write was acknowledged. */
  kill(): Promise<number[]>;
}
