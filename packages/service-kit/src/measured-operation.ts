import type { OnAnswered, Outcome } from './metrics/requests.ts';
import type { Operation } from './operation.ts';
import { publicError } from './public-error.ts';
import type { StreamOperation } from './stream-operation.ts';

/** An operation whose calls are told, whoever carries them. */
export const measuredOperation = (operation: Operation, onAnswered: OnAnswered): Operation => ({
  ...operation,
  perform: measured(operation, (call) => operation.perform(call), onAnswered),
});

/** The same of streams: how long each took to begin. */
export const measuredStream = (stream: StreamOperation, onAnswered: OnAnswered): StreamOperation => ({
  ...stream,
  open: measured(stream, (call) => stream.open(call), onAnswered),
});

const measured =
  <Call, Answer>(
    { method, path: route }: { readonly method: string; readonly path: string },
    act: (call: Call) => Promise<Answer>,
    onAnswered: OnAnswered,
  ) =>
  async (call: Call): Promise<Answer> => {
    const begun = performance.now();
    let outcome: Outcome = 'ok';
    try {
      return await act(call);
    } catch (error) {
      outcome = publicError(error).code;
      throw error;
    } finally {
      onAnswered({ method, route, outcome, seconds: (performance.now() - begun) / 1000 });
    }
  };
