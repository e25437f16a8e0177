import { STREAM_RETRY_MS } from '@secure-chat/wire/limits';
import type { TSchema } from 'typebox';
import { AppError } from './app-error.ts';
import type { Caller } from './internal-identity.ts';
import { type Checked, createCheck, type OperationCall } from './operation.ts';

/** Where a stream of server-sent events is written to. After `end` or `lost`, and when its source was closed, nothing is. */
export interface StreamSink {
  /** Takes whole events. False: it holds enough, and the rest waits for `drained`. */
  write(events: string | Uint8Array): boolean;
  /** It ends here, with a `bye` before. */
  end(): void;
  /** The source is gone without a word. */
  lost(): void;
}

/** Where a stream comes from, as who reads it sees it. */
export interface StreamSource {
  /** The sink takes more. */
  drained(): void;
  /** The reader is gone, or wants no more. Not called after `end` or `lost`, or twice. */
  close(): void;
}

/** What the `bye` of streams that end at once says: milliseconds after which each comes back, one after another. */
export const spreadRetryMs = (): number => Math.floor(Math.random() * STREAM_RETRY_MS);

/** Begins to write, to a sink that is not full. */
export type StartStream = (sink: StreamSink) => StreamSource;

/** An endpoint that answers with a stream. `open` throws `AppError` and retryable errors, while nothing is written yet. */
export interface StreamOperation {
  readonly method: 'GET';
  readonly path: string;
  open(call: OperationCall): Promise<StartStream>;
}

/** A stream of a user: `unauthorized` when the gateway called on nobody's behalf. */
export const signedStream = <Query extends TSchema>(definition: {
  readonly path: string;
  readonly query: Query;
  open(call: Checked<TSchema, Query> & { readonly caller: Caller }): Promise<StartStream>;
}): StreamOperation => {
  const check = createCheck<TSchema, Query>({ query: definition.query });
  return {
    method: 'GET',
    path: definition.path,
    async open(call) {
      const { caller } = call;
      if (!caller) throw new AppError('unauthorized');
      return definition.open({ ...check(call), caller });
    },
  };
};
