import { isUtf8 } from 'node:buffer';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { AppError } from './app-error.ts';
import type { Caller } from './internal-identity.ts';

/** A call as it reaches an operation, from a socket or from the same process. */
export interface OperationCall {
  /** On whose behalf; null on the open endpoints. */
  readonly caller: Caller | null;
  /** The user name in the path; empty where the path has none. Not checked yet. */
  readonly username: string;
  /** The bytes of the body as they came; null for none. */
  readonly body: Uint8Array | null;
}

export interface OperationAnswer {
  /** The body, as JSON. */
  readonly json: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One endpoint of a service, whatever carries the call. `perform` throws `AppError` and retryable errors. */
export interface Operation {
  readonly method: 'GET' | 'POST';
  /** With `:username` for a user name. */
  readonly path: string;
  perform(call: OperationCall): Promise<OperationAnswer>;
}

/** What a handler answers: a value of the response's schema, or JSON of one that it has at hand. */
export type Reply<T> = ({ readonly value: T } | { readonly json: string }) & {
  readonly headers?: Readonly<Record<string, string>>;
};

/** The answer of all that has nothing to say. */
export const DONE = { json: '{"status":"OK"}' } as const;

interface Definition<Response extends TSchema> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly response: Response;
}

type Handled<Response extends TSchema> = Reply<Static<Response>> | Promise<Reply<Static<Response>>>;

/** The body and the name of a call that is checked. */
interface Checked<Body extends TSchema> {
  readonly username: string;
  readonly body: Static<Body>;
}

/** An endpoint that anyone may use. A body that does not fit the schema is `bad_request`. */
export const openOperation = <Response extends TSchema, Body extends TSchema>(
  definition: Definition<Response> & {
    readonly body?: Body;
    handle(call: Checked<Body>): Handled<Response>;
  },
): Operation => {
  const parse = createParser(definition.body);
  return {
    method: definition.method,
    path: definition.path,
    perform: async ({ username, body }) => answerOf(await definition.handle({ username, body: parse(body) })),
  };
};

/** An endpoint of a user: `unauthorized` when the gateway called on nobody's behalf. */
export const signedOperation = <Response extends TSchema, Body extends TSchema>(
  definition: Definition<Response> & {
    readonly body?: Body;
    handle(call: Checked<Body> & { readonly caller: Caller }): Handled<Response>;
  },
): Operation => {
  const parse = createParser(definition.body);
  return {
    method: definition.method,
    path: definition.path,
    async perform({ caller, username, body }) {
      if (!caller) throw new AppError('unauthorized');
      return answerOf(await definition.handle({ caller, username, body: parse(body) }));
    },
  };
};

const answerOf = (reply: Reply<unknown>): OperationAnswer => ({
  json: 'json' in reply ? reply.json : JSON.stringify(reply.value),
  headers: reply.headers ?? {},
});

/** Bytes to a value of the schema; nothing without a schema, whatever came. Throws `bad_request`. */
function createParser<Body extends TSchema>(schema: Body | undefined) {
  let validator: Validator | undefined;
  const fits = (value: unknown): value is Static<Body> => {
    if (!schema) return true;
    validator ??= Compile(schema);
    return validator.Check(value);
  };
  const reason = (value: unknown): string => {
    const [first] = validator?.Errors(value) ?? [];
    return first ? `${first.instancePath.slice(1) || 'The body'} ${first.message}.` : '';
  };
  return (body: Uint8Array | null): Static<Body> => {
    const value: unknown = schema ? parseJson(body) : undefined;
    if (!fits(value))
      throw new AppError('bad_request', { message: `The request is malformed: ${reason(value)}` });
    return value;
  };
}

/** JSON is UTF-8 (RFC 8259, 8.1): a decoder would put replacement characters into anything else. */
function parseJson(body: Uint8Array | null): unknown {
  if (body === null || !isUtf8(body)) throw new AppError('bad_request');
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch (error) {
    throw new AppError('bad_request', { cause: error, message: 'The body is not JSON.' });
  }
}
