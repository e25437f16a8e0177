import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/** AES-256-GCM as all of a profile is sealed: nonce(12) || ciphertext || tag(16). */

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** What sealing adds. */
export const OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES;

/** After the prefix, which is not sealed and not bound. `key`: 32 bytes. */
export function sealAesGcm(
  key: Buffer,
  aad: Uint8Array,
  plain: Uint8Array,
  prefix = Buffer.alloc(0),
): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(aad);
  return Buffer.concat([prefix, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** What was sealed; null when it was changed, or is under another key or other additional data. */
export function openAesGcm(key: Buffer, aad: Uint8Array, sealed: Buffer): Buffer | null {
  if (sealed.length < OVERHEAD_BYTES) return null;
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
