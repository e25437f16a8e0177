import { createCipheriv, createDecipheriv } from 'node:crypto';

/** AES-256-GCM (NIST SP 800-38D) as protocol v2 has it: ciphertext || tag (16 bytes). */

export const AES_KEY_BYTES = 32;
export const GCM_NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Under one key no nonce twice. */
export interface CipherKey {
  readonly key: Buffer;
  readonly nonce: Buffer;
}

export function sealAesGcm({ key, nonce }: CipherKey, aad: Uint8Array, plaintext: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad);
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/** Null when it was changed, or is under another key or other additional data. A tag has 16 bytes, whatever arrives. */
export function openAesGcm({ key, nonce }: CipherKey, aad: Uint8Array, sealed: Buffer): Buffer | null {
  if (sealed.length < TAG_BYTES) return null;
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(aad);
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return null;
  }
}
