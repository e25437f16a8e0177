import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHmac,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { fromBase64 } from './base64.ts';

/** wire contract, "Message formats between v1 clients". */

const KEY_BYTES = 32;
const IV_BYTES = 16;
const MAC_BYTES = 32;
const BLOCK_BYTES = 16;
const OAEP_SHA1 = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' } as const;

/** A fresh symmetric key: 32 bytes. */
export const makeKey = (): Buffer => randomBytes(KEY_BYTES);

/** `encrypted_key`: base64 of RSA-OAEP with SHA-1 of the 32-byte key. */
export const wrapKey = (recipient: KeyObject, key: Uint8Array): string =>
  publicEncrypt({ key: recipient, ...OAEP_SHA1 }, key).toString('base64');

/** The 32-byte key, or null for anything that is not one wrapped for this private key. */
export function unwrapKey(own: KeyObject, encryptedKey: string): Buffer | null {
  const wrapped = fromBase64(encryptedKey);
  if (!wrapped) return null;
  try {
    const key = privateDecrypt({ key: own, ...OAEP_SHA1 }, wrapped);
    return key.length === KEY_BYTES ? key : null;
  } catch {
    return null;
  }
}

/** `message`: base64 of `IV(16) || AES-256-CBC/PKCS#7 || HMAC-SHA256(key, IV || ciphertext)(32)`. */
export function encryptMessage(key: Uint8Array, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([sealed, createHmac('sha256', key).update(sealed).digest()]).toString('base64');
}

/** The text, or null when the message is malformed, was changed, or is under another key. */
export function decryptMessage(key: Uint8Array, message: string): string | null {
  const bytes = fromBase64(message);
  if (!bytes || bytes.length < IV_BYTES + BLOCK_BYTES + MAC_BYTES) return null;
  const sealed = bytes.subarray(0, -MAC_BYTES);
  if (!timingSafeEqual(createHmac('sha256', key).update(sealed).digest(), bytes.subarray(-MAC_BYTES)))
    return null;
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, sealed.subarray(0, IV_BYTES));
    const plain = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES)), decipher.final()]);
    return new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch {
    return null;
  }
}
