import { ERRORS, ErrorBody, type ErrorCode } from '@secure-chat/wire/errors';
import { ClientError } from './client-error.ts';
import { createDecoder, parseJson } from './decoder.ts';
import { waitOf } from './time-span.ts';

/** Milliseconds for which a server that asks to wait is heeded at most: its rates are of an hour, the longest. */
export const RETRY_AFTER_MAX_MS = 60 * 60_000;

import { OtherKeyError } from './server-key.ts';

export type TransportFailure = 'unreachable' | 'busy' | 'unauthorized' | 'refused' | 'not_a_server';

interface Details {
  status?: number;
  code?: ErrorCode | undefined;
  retryAfterMs?: number | undefined;
  serverTime?: number | undefined;
  cause?: unknown;
  /** Whether the message says what to do next. */
  saysNext?: boolean;
  doubt?: ServerDoubt;
}

/** `stranger`: no authority vouches for the server's certificate. `other key`: it has not the key by which it is known. */
export type ServerDoubt = 'stranger' | 'other key';

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
  readonly saysNext: boolean;
  /** Why it is not believed that this is the server; null when it is not about that. */
  readonly doubt: ServerDoubt | null;

  constructor(failure: TransportFailure, message: string, details: Details = {}) {
    super(message, { cause: details.cause });
    this.name = 'TransportError';
    this.failure = failure;
    this.retryable = failure === 'unreachable' || failure === 'busy';
    this.status = details.status ?? null;
    this.code = details.code ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.serverTime = details.serverTime ?? null;
    this.saysNext = details.saysNext ?? false;
    this.doubt = details.doubt ?? null;
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
  const usual = code ? ERRORS[code].message : `The server at ${server} answered ${status}.`;
  const wait = code === 'too_many' ? details.retryAfterMs : undefined;
  const sentence =
    wait === undefined
      ? usual
      : `The server has had too many requests of this kind: again in ${waitOf(wait)}.`;
  details.saysNext = wait !== undefined || code === 'suspended';
  if (status >= 500 || status === 408 || status === 429) return new TransportError('busy', sentence, details);
  // The next attempt has a signature of its own.
  if (code === 'replayed' || code === 'other_gateway') return new TransportError('busy', sentence, details);
  // It is of the password, and the session is good.
  if (code === 'wrong_password') return new TransportError('refused', sentence, details);
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
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
};

const UNKNOWN_AUTHORITY =
  'no authority that this program knows vouches for its certificate. Ask its operator for its key, and start with --pin KEY; or for the file of the authority, and start with --ca FILE.';
const SELF_SIGNED =
  'nobody but itself vouches for its certificate. Ask its operator for its key, and start with --pin KEY; or for the file of the certificate, and start with --ca FILE.';
const NO_TLS = 'what listens there speaks no TLS. Check the address.';

const isOfStranger = (sentence: string): boolean =>
  sentence === UNKNOWN_AUTHORITY || sentence === SELF_SIGNED;

/** What is wrong with the server's certificate, and what to do about it, by the codes of OpenSSL and Node. */
const CERTIFICATE_SENTENCES: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: SELF_SIGNED,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  CERT_HAS_EXPIRED:
    'its certificate has expired. Tell its operator; and look whether the clock of this machine is right.',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet. Look whether the clock of this machine is right.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'its certificate is that of another name. Use the name that is in it, which its operator knows.',
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: NO_TLS,
};

/** Loud where a key has changed: nobody clicks it away who has not read it. */
const otherKey = (server: string, { shown, pin }: OtherKeyError): string =>
  pin.met ? changedKey(server, shown, pin.key) : notThatKey(server, shown);

const notThatKey = (server: string, shown: string): string =>
  `${server} does not have the key that --pin gives, but ${shown}: what was typed is not what its operator said, or somebody is in between. Nothing was sent. Compare the two, and ask the operator.`;

const changedKey = (server: string, shown: string, known: string): string =>
  `THE KEY OF THE SERVER CHANGED. ${server} is known by ${known}, and what answers there has ${shown}: the operator has taken a new key, or somebody is in between. Nothing was sent. Ask the operator; if the new key is his, start with --pin ${shown}.`;

/** What a connection that failed or took too long means. */
export function connectionError(server: string, cause: unknown): TransportError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' || code.startsWith('HPE_'))
    return notAServer(server, { cause });
  const certificate = CERTIFICATE_SENTENCES[code];
  if (certificate !== undefined)
    return new TransportError('unreachable', `Cannot reach ${server}: ${certificate}`, {
      cause,
      saysNext: true,
      ...(isOfStranger(certificate) && { doubt: 'stranger' }),
    });
  if (cause instanceof OtherKeyError)
    return new TransportError('unreachable', otherKey(server, cause), {
      cause,
      saysNext: true,
      doubt: 'other key',
    });
  const slow = cause instanceof Error && cause.name === 'AbortError';
  const why = slow ? 'it does not answer in time' : (SYSTEM_SENTENCES[code] ?? 'the connection failed');
  return new TransportError('unreachable', `Cannot reach ${server}: ${why}.`, { cause });
}

/** Codes of the server that a person can do something about, each with what to do. */
const OF_PERSONS = {
  bad_name: 'That is not a valid user name. Choose another one.',
  name_taken: 'That user name is taken by somebody else. Choose another one.',
  bad_invite: 'Who registers here needs an invitation. Ask who runs the server for one.',
  registration_closed: 'This server takes no new accounts. Ask who runs it, or choose another server.',
  unknown_user: 'There is no such user on this server. Check how the name is written.',
} as const;

const isOfPersons = (code: ErrorCode | null): code is keyof typeof OF_PERSONS =>
  code !== null && Object.hasOwn(OF_PERSONS, code);

/** What to do about what no person has caused. */
const NEXT: Readonly<Record<TransportFailure, string>> = {
  unreachable: 'Look whether the server runs, and whether this is its address; then try again.',
  busy: 'Try again in a minute.',
  unauthorized: 'Sign out and in again.',
  refused: 'This program and the server may be of different versions: update the older one.',
  not_a_server: 'Check the address.',
};

/** What to do, as a sentence; empty where the error says it. */
export const nextOf = ({ message, failure, saysNext }: TransportError): string =>
  saysNext || /Try again|Set it right|Check the address/.test(message) ? '' : NEXT[failure];

/** For a person who waits for the outcome of a command. Other errors are returned as they are. */
export function toClientError(error: unknown): unknown {
  if (!(error instanceof TransportError)) return error;
  const { code, failure, retryable } = error;
  if (!retryable && isOfPersons(code)) return new ClientError(code, OF_PERSONS[code], { cause: error });
  const kind = retryable ? 'offline' : failure === 'not_a_server' ? failure : 'refused';
  return new ClientError(kind, `${error.message} ${nextOf(error)}`.trimEnd(), { cause: error });
}
