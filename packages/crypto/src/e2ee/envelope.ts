import { fromBase64 } from './base64.ts';

/**
 * How v2 travels in v1's two places, `encrypted_key` and `message`: behind a tag that is not base64, so that a client which knows
 * only v1 finds it malformed and nothing else.
 */
const TAG = 'v2.';

export const toEnvelope = (bytes: Uint8Array): string => TAG + Buffer.from(bytes).toString('base64');

/** Whether it says that it is of v2; it may be malformed all the same. */
export const isEnvelope = (text: string): boolean => text.startsWith(TAG);

/** The bytes; null for what `toEnvelope` did not make. */
export const fromEnvelope = (text: string): Buffer | null =>
  isEnvelope(text) ? fromBase64(text.slice(TAG.length)) : null;
