import type { Outcome } from '../metrics/requests.ts';
import { publicError } from '../public-error.ts';
import type { TraceContext } from './traceparent.ts';

/** What a span is of: a request that came, a record that was written, or one that was read. */
export type SpanKind = 'server' | 'producer' | 'consumer';

/** Of a span: patterns of routes, methods and codes; never a user, a session or anything else that a request brings along. */
export type SpanAttributes = Readonly<Record<string, string>>;

export interface SpanStart {
  readonly kind: SpanKind;
  /** What it belongs to; a trace begins here without one. */
  readonly parent?: TraceContext | null | undefined;
  /** Of the trace that begins here: 32 hex digits. */
  readonly traceId?: string;
  readonly attributes?: SpanAttributes;
}

/** Something that takes time. */
export interface Span {
  /** For what belongs to it, here or elsewhere; null where nothing is traced. */
  readonly context: TraceContext | null;
  /** The first one counts. */
  end(outcome?: Outcome): void;
}

/** Where a part says what took how long, and what belonged to what. */
export interface Tracing {
  start(name: string, start: SpanStart): Span;
}

/** The traces of a process. */
export interface ProcessTracing {
  /** Of a part of the process. */
  of(service: string): Tracing;
  /** Sends what is left, for a second at most. */
  close(): Promise<void>;
}

export const NO_SPAN: Span = { context: null, end: () => {} };

/** Nobody wants to know. */
export const NO_TRACING: Tracing = { start: () => NO_SPAN };

/** Does it within a span, which ends as it does. */
export async function within<T>(span: Span, act: () => Promise<T>): Promise<T> {
  try {
    const value = await act();
    span.end();
    return value;
  } catch (error) {
    span.end(publicError(error).code);
    throw error;
  }
}
