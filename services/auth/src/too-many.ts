import { AppError } from '@secure-chat/service-kit/app-error';

/** The refusal that says after how many seconds it is no longer made. */
export const tooMany = (waitMs: number): AppError =>
  new AppError('too_many', { retryAfter: Math.ceil(waitMs / 1000) });
