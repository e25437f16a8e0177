import { ERRORS, type ErrorCode } from '@secure-chat/wire/errors';

export interface AppErrorOptions extends ErrorOptions {
  /** The public sentence, where the code's own one says too little. Never anything secret. */
  readonly message?: string;
  /** Seconds after which the same request may succeed; for what is `too_many` or `unavailable`. */
  readonly retryAfter?: number;
}

/** A refusal that a client is told: only the code and the public sentence cross the network, the cause is logged. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly retryAfter: number | undefined;

  constructor(code: ErrorCode, options: AppErrorOptions = {}) {
    super(options.message ?? ERRORS[code].message, options);
    this.name = 'AppError';
    this.code = code;
    this.retryAfter = options.retryAfter;
  }
}
