import { createHmac, timingSafeEqual } from 'node:crypto';

/** wire contract, "Signed endpoints": HMAC-SHA256 over `<raw body>|<timestamp>`, keyed by the ASCII of the session key's hex. */
const digest = (sessionKey: string, rawBody: Uint8Array, timestamp: string): Buffer =>
  createHmac('sha256', sessionKey).update(rawBody).update('|').update(timestamp).digest();

/** Lower-case hex signature of a request. `rawBody` is the exact bytes sent, empty for a GET. */
export const signRequest = (sessionKey: string, rawBody: Uint8Array, timestamp: string): string =>
  digest(sessionKey, rawBody, timestamp).toString('hex');

/** The 32 bytes of a hex signature, or null for anything else. */
export const parseSignature = (hex: string): Buffer | null =>
  /^[0-9a-fA-F]{64}$/.test(hex) ? Buffer.from(hex, 'hex') : null;

export const verifyRequest = (
  sessionKey: string,
  rawBody: Uint8Array,
  timestamp: string,
  signature: Buffer,
): boolean => timingSafeEqual(digest(sessionKey, rawBody, timestamp), signature);
