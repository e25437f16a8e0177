import { ERRORS, ErrorBody, type ErrorCode } from '@secure-chat/wire/errors';
import { ClientError } from './client-error.ts';
import { createDecoder, parseJson } from './decoder.ts';

export type TransportFailure = 'unreachable' | 'busy' | 'unauthorized' | 'refused' | 'not_a_server';

interface Details {
  status?: number;
  code?: ErrorCode | undefined;
  retryAfterMs?: number | undefined;
  serverTime?: number | undefined;
  cause?: unknown;
}

/** One request that brought no usable answer. The message is a sentence for people. */
export class TransportError extends Error {
  readonly failure: TransportFailure;
  /** The same request may succeed later; whether this one took effect is not known. */
  readonly retryable: boolean;
  readonly status: number | null;
  readonly code: ErrorCode | null;
  /** What the server asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** The server's clock, milliseconds since the epoch, to the second. */
  readonly serverTime: number | null;

  constructor(failure: TransportFailure, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.name = 'TransportError';
    this.failure = failure;
    this.retryable = failure === 'unreachable' || failure === 'busy';
    this.status = details.status ?? null;
    this.code = details.code ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.serverTime = details.serverTime ?? null;
  }
}

/** Whether the server or the session cannot be used at all: not for one mailbox, one contact or one endpoint that fails. */
export const concernsAll = (error: unknown): boolean =>
  error instanceof TransportError && (error.failure === 'unreachable' || error.failure === 'unauthorized');

/** For what can wait while all else goes on: gives back an error of one part, and throws any other. */
export function ofOnePart(error: unknown): TransportError {
  if (!(error instanceof TransportError) || concernsAll(error)) throw error;
  return error;
}

export type AnswerHeaders = Record<string, string | string[] | undefined>;

const decodeErrorBody = createDecoder(ErrorBody);

/** What an answer that is not 2xx means. The sentence is ours: what the server wrote is never shown. */
export function answerError(server: string, status: number, headers: AnswerHeaders, body: string) {
  const code = decodeErrorBody(parseJson(body))?.error.code;
  const seconds = Number(headers['retry-after']);
  const date = Date.parse(String(headers.date));
  const details: Details = {
    status,
    code,
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
    serverTime: Number.isNaN(date) ? undefined : date,
  };
  const sentence = code ? ERRORS[code].message : `The server at ${server} answered ${status}.`;
  if (status >= 500 || status === 408 || status === 429) return new TransportError('busy', sentence, details);
  if (status === 401) return new TransportError('unauthorized', sentence, details);
  if (code) return new TransportError('refused', sentence, details);
  return notAServer(server, details);
}

export const notAServer = (server: string, details: Details = {}): TransportError =>
  new TransportError(
    'not_a_server',
    `What answers at ${server} is not a chat server. Check the address.`,
    details,
  );

const SYSTEM_SENTENCES: Record<string, string> = {
  ECONNREFUSED: 'Nothing listens there',
  ENOTFOUND: 'There is no such host',
  EAI_AGAIN: 'The host name cannot be looked up',
};

/** What a connection that failed or took too long means. */
export function connectionError(server: string, cause: unknown): TransportError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code.startsWith('HPE_'))
    return notAServer(server, { cause });
  const slow = cause instanceof Error && cause.name === 'AbortError';
  const why = slow ? 'It does not answer in time' : (SYSTEM_SENTENCES[code] ?? 'The connection failed');
  return new TransportError('unreachable', `Cannot reach ${server}: ${why}.`, { cause });
}

const CLIENT_CODES = {
  bad_name: 'bad_name',
  name_taken: 'name_taken',
  unknown_user: 'unknown_user',
} as const;

/** For a person who waits for the outcome of a command. Other errors are returned as they are. */
export function toClientError(error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  if (error.retryable)
    return new ClientError('offline', `${error.message} Try again later.`, { cause: error });
  if (error.failure === 'not_a_server')
    return new ClientError('not_a_server', error.message, { cause: error });
  const known = Object.entries(CLIENT_CODES).find(([code]) => code === error.code);
  return new ClientError(known ? known[1] : 'refused', error.message, { cause: error });
}
