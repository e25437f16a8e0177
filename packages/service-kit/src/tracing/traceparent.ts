/** A place in a trace: W3C Trace Context. */
export interface TraceContext {
  /** 32 hex digits. */
  readonly traceId: string;
  /** Of what happened there: 16 hex digits. */
  readonly spanId: string;
  /** Whether somebody records this trace. */
  readonly sampled: boolean;
}

/** W3C Trace Context, 3.2: version, trace id, parent id, flags. Ids of zeros alone are none. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;
const SAMPLED = 0x01;

/** Null for anything else. */
export function parseTraceparent(text: unknown): TraceContext | null {
  const parts = typeof text === 'string' ? TRACEPARENT.exec(text) : null;
  if (!parts) return null;
  const [, traceId = '', spanId = '', flags = ''] = parts;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) !== 0 };
}

export const formatTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
