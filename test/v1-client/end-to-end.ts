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

const IV_BYTES = 16;
const TAG_BYTES = 32;

/** `encrypted_key`: base64 of RSA-OAEP with SHA-1 of a 32-byte AES key, under the recipient's key. */
export function wrapKey(recipientPem: string, key: Buffer): string {
  const padding = { key: recipientPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return publicEncrypt(padding, key).toString('base64');
}

/** The AES key inside an `encrypted_key`; throws when the private key does not open it. */
export function unwrapKey(privateKey: KeyObject, encryptedKey: string): Buffer {
  const padding = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return privateDecrypt(padding, Buffer.from(encryptedKey, 'base64'));
}

/** `message`: base64 of `IV || AES-256-CBC/PKCS#7 || HMAC-SHA256(same key, IV || ciphertext)`. */
export function sealMessage(key: Buffer, text: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-cbc', key, iv);
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([sealed, createHmac('sha256', key).update(sealed).digest()]).toString('base64');
}

/** The text inside a `message`; throws when the tag does not fit. */
export function openMessage(key: Buffer, message: string): string {
  const bytes = Buffer.from(message, 'base64');
  const sealed = bytes.subarray(0, -TAG_BYTES);
  const tag = createHmac('sha256', key).update(sealed).digest();
  if (!timingSafeEqual(tag, bytes.subarray(-TAG_BYTES))) throw new Error('the tag does not fit');
  const decipher = createDecipheriv('aes-256-cbc', key, sealed.subarray(0, IV_BYTES));
  return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES)), decipher.final()]).toString('utf8');
}
