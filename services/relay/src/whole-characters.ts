import { AppError } from '@secure-chat/service-kit/app-error';

/** Half a surrogate pair, which JSON can escape and UTF-8 cannot hold, would reach the recipient as something else. */
export function refuseHalfCharacters(text: string): void {
  if (!text.isWellFormed())
    throw new AppError('bad_request', { message: 'The text holds half a character (a lone surrogate).' });
}
