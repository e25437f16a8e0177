import type { Operation, OperationCall } from '../operation.ts';
import type { StreamOperation } from '../stream-operation.ts';
import { NO_TRACING, type Tracing, within } from './tracing.ts';

/** An operation each of whose calls is a span, whoever carries them. */
export const tracedOperation = (operation: Operation, tracing: Tracing): Operation =>
  tracing === NO_TRACING
    ? operation
    : { ...operation, perform: traced(operation, (call) => operation.perform(call), tracing) };

/** The same of streams: the span ends when the stream begins. */
export const tracedStream = (stream: StreamOperation, tracing: Tracing): StreamOperation =>
  tracing === NO_TRACING ? stream : { ...stream, open: traced(stream, (call) => stream.open(call), tracing) };

const traced =
  <Answer>(
    { method, path: route }: { readonly method: string; readonly path: string },
    act: (call: OperationCall) => Promise<Answer>,
    tracing: Tracing,
  ) =>
  (call: OperationCall): Promise<Answer> => {
    const attributes = { 'http.request.method': method, 'http.route': route };
    const span = tracing.start(`${method} ${route}`, { kind: 'server', parent: call.trace, attributes });
    return within(span, () => act({ ...call, trace: span.context }));
  };
