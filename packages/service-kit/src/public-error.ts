import type { ErrorCode } from '@secure-chat/wire/errors';
import { AppError } from './app-error.ts';
import { isDatabaseTrouble } from './database-trouble.ts';

/** What of an error crosses the network. */
export interface PublicError {
  readonly code: ErrorCode;
  readonly message?: string;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

/** What a client is told of an error; anything unknown is `internal`. */
export function publicError(error: unknown): PublicError {
  if (error instanceof AppError)
    return { code: error.code, message: error.message, retryAfter: error.retryAfter };
  if (!(error instanceof Error)) return { code: 'internal' };
  if ('retryable' in error && error.retryable === true) return { code: 'unavailable' };
  if (isDatabaseTrouble(error)) return { code: 'unavailable' };
  const status = 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return { code: 'too_large' };
  if (status === 503) return { code: 'unavailable' };
  if (typeof status === 'number' && status >= 400 && status < 500) return { code: 'bad_request' };
  return { code: 'internal' };
}
