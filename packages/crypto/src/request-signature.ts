import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';

/** wire contract, "Signed endpoints": what a signature is over, `<raw body>|<timestamp>`. */
export const signedBytes = (rawBody: Uint8Array, timestamp: string): Buffer =>
  Buffer.concat([rawBody, Buffer.from(`|${timestamp}`)]);

/** The HMAC key of a session: the ASCII of the session key's hex string. */
export const importSessionKey = (sessionKey: string): KeyObject =>
  createSecretKey(Buffer.from(sessionKey, 'ascii'));

const digest = (key: KeyObject, signed: Uint8Array): Buffer =>
  createHmac('sha256', key).update(signed).digest();

/** Lower-case hex signature of a request. `rawBody` is the exact bytes sent, empty for a GET. */
export const signRequest = (sessionKey: string, rawBody: Uint8Array, timestamp: string): string =>
  digest(importSessionKey(sessionKey), signedBytes(rawBody, timestamp)).toString('hex');

/** The 32 bytes of a hex signature, or null for anything else. */
export const parseSignature = (hex: string): Buffer | null =>
  /^[0-9a-fA-F]{64}$/.test(hex) ? Buffer.from(hex, 'hex') : null;

/** `signed`: see `signedBytes`; made once where several keys are tried. */
export const verifyRequest = (key: KeyObject, signed: Uint8Array, signature: Buffer): boolean =>
  timingSafeEqual(digest(key, signed), signature);
