import { isUtf8 } from 'node:buffer';
import type { Method } from '@secure-chat/wire/endpoints';
import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { AppError } from './app-error.ts';
import type { Caller } from './internal-identity.ts';
import { isDeeper } from './json-depth.ts';
import type { TraceContext } from './tracing/traceparent.ts';

/** A call as it reaches an operation, from a socket or from the same process. */
export interface OperationCall {
  /** On whose behalf; null on the open endpoints. */
  readonly caller: Caller | null;
  /** Network of the client, as `clientNetwork` writes it; nothing where the service is not told. */
  readonly network?: string;
  /** The user name in the path; empty where the path has none. Not checked yet. */
  readonly username: string;
  /** What stood behind the `?` of the path, as it came; nothing for none. */
  readonly query?: string;
  /** The bytes of the body as they came; null for none. */
  readonly body: Uint8Array | null;
  /** What it belongs to; nothing where nothing is traced. */
  readonly trace?: TraceContext | null;
}

export interface OperationAnswer {
  /** The body, as JSON. */
  readonly json: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One endpoint of a service, whatever carries the call. `perform` throws `AppError` and retryable errors. */
export interface Operation {
  readonly method: Method;
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

interface Definition<Response extends TSchema, Body extends TSchema, Query extends TSchema> {
  readonly method: Method;
  readonly path: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly response: Response;
}

type Handled<Response extends TSchema> = Reply<Static<Response>> | Promise<Reply<Static<Response>>>;

/** What of a call is checked, and the name, which is not. */
export interface Checked<Body extends TSchema, Query extends TSchema> {
  readonly username: string;
  /** Empty where it is not told. */
  readonly network: string;
  readonly query: Static<Query>;
  readonly body: Static<Body>;
  readonly trace: TraceContext | null;
}

/** An endpoint that anyone may use. A query or a body that does not fit its schema is `bad_request`. */
export const openOperation = <Response extends TSchema, Body extends TSchema, Query extends TSchema>(
  definition: Definition<Response, Body, Query> & {
    handle(call: Checked<Body, Query>): Handled<Response>;
  },
): Operation => {
  const check = createCheck(definition);
  return {
    method: definition.method,
    path: definition.path,
    perform: async (call) => answerOf(await definition.handle(check(call))),
  };
};

/** An endpoint of a user: `unauthorized` when the gateway called on nobody's behalf. */
export const signedOperation = <Response extends TSchema, Body extends TSchema, Query extends TSchema>(
  definition: Definition<Response, Body, Query> & {
    handle(call: Checked<Body, Query> & { readonly caller: Caller }): Handled<Response>;
  },
): Operation => {
  const check = createCheck(definition);
  return {
    method: definition.method,
    path: definition.path,
    async perform(call) {
      const { caller } = call;
      if (!caller) throw new AppError('unauthorized');
      return answerOf(await definition.handle({ ...check(call), caller }));
    },
  };
};

const answerOf = (reply: Reply<unknown>): OperationAnswer => ({
  json: 'json' in reply ? reply.json : JSON.stringify(reply.value),
  headers: reply.headers ?? {},
});

/** Checks what an endpoint takes against its schemas; it throws `bad_request`. */
export function createCheck<Body extends TSchema, Query extends TSchema>(
  definition: Pick<Definition<TSchema, Body, Query>, 'query' | 'body'>,
): (call: OperationCall) => Checked<Body, Query> {
  const queryOf = createParser(definition.query, 'query', parseQuery);
  const bodyOf = createParser(definition.body, 'body', parseJson);
  return ({ username, network = '', query = '', body, trace = null }) => ({
    username,
    network,
    query: queryOf(query),
    body: bodyOf(body),
    trace,
  });
}

/** What came to a value of the schema; nothing without a schema, whatever came. Throws `bad_request`. */
function createParser<Raw, Schema extends TSchema>(
  schema: Schema | undefined,
  name: 'query' | 'body',
  parse: (raw: Raw) => unknown,
) {
  let validator: Validator | undefined;
  const fits = (value: unknown): value is Static<Schema> => {
    if (!schema) return true;
    validator ??= Compile(schema);
    return validator.Check(value);
  };
  const reason = (value: unknown): string => {
    const [first] = validator?.Errors(value) ?? [];
    return first ? `${first.instancePath.slice(1) || `The ${name}`} ${first.message}.` : '';
  };
  return (raw: Raw): Static<Schema> => {
    const value: unknown = schema ? parse(raw) : undefined;
    if (!fits(value))
      throw new AppError('bad_request', { message: `The request is malformed: ${reason(value)}` });
    return value;
  };
}

/** Levels of arrays and objects in a body: ours have two. 64 KiB of brackets cost some milliseconds to parse. */
const DEPTH_MAX = 64;

/** JSON is UTF-8 (RFC 8259, 8.1): a decoder would put replacement characters into anything else. */
function parseJson(body: Uint8Array | null): unknown {
  if (body === null || !isUtf8(body)) throw new AppError('bad_request');
  if (isDeeper(body, DEPTH_MAX))
    throw new AppError('bad_request', { message: 'The body is nested too deep.' });
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch (error) {
    throw new AppError('bad_request', { cause: error, message: 'The body is not JSON.' });
  }
}

/** Parameters as strings; one that came more than once as a list, which is none that a schema asks for. */
function parseQuery(query: string): Record<string, unknown> {
  const parameters = new URLSearchParams(query);
  const names = [...new Set(parameters.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const [value, ...others] = parameters.getAll(name);
      return [name, others.length === 0 ? value : [value, ...others]];
    }),
  );
}
