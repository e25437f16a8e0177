import type { Ending } from '../contract/service-process.ts';
import type { Report } from './client-protocol.ts';

/** What happened in one schedule, in the order in which the runner heard of it. */
export type TraceEvent =
  /** A client's process reported. */
  | ({ readonly user: string } & Report)
  /** A client's process was started, to open a profile. */
  | { readonly is: 'spawned'; readonly at: number; readonly user: string }
  /** Its end was seen. */
  | ({ readonly is: 'gone'; readonly at: number; readonly user: string } & Ending)
  /** A client was told to send this text. */
  | {
      readonly is: 'asked';
      readonly at: number;
      readonly user: string;
      readonly to: string;
      readonly text: string;
    }
  /** Of the services, for people who read the trace. */
  | { readonly is: 'fault'; readonly at: number; readonly what: string };

/** `at`: microseconds of the machine's monotonic clock. */
export interface Trace {
  readonly users: readonly string[];
  readonly events: readonly TraceEvent[];
}
