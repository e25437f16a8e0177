import type { ServiceFault, Target } from './schedule.ts';

/** A process of the system under test that faults are done to. None of them waits: what does not fit is left out. */
export interface Unit extends Target {
  /** Whether it was done. */
  suffer(fault: ServiceFault): boolean;
  /** Kills it and starts it as one that ends itself at a step the `after`-th time, then as it was. Whether it was done. */
  arm(step: string, after: number): boolean;
  /** Starts it when it is down, wakes it when it is paused. */
  start(): void;
  /** Resolves when it is ready, awake and not armed. */
  restore(): Promise<void>;
  /** Ends it for good. */
  end(): Promise<void>;
}
