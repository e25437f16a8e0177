import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps secrets unreadable at rest: AES-256-GCM under one key, random 96-bit nonces, bound to a place. */
export interface Seal {
  /** base64url of nonce, ciphertext and tag. `place` says where the value belongs: it opens nowhere else. */
  seal(secret: string, place: string): string;
  /** Null when the value was changed, belongs to another place, or is under another key. */
  open(sealed: string, place: string): string | null;
}

/** `key`: 32 bytes. */
export const createSeal = (key: Uint8Array): Seal => ({
  seal(secret, place) {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
      Buffer.from(place),
    );
    return Buffer.concat([
      nonce,
      cipher.update(secret, 'utf8'),
      cipher.final(),
      cipher.getAuthTag(),
    ]).toString('base64url');
  },
  open(sealed, place) {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
    const nonce = bytes.subarray(0, NONCE_BYTES);
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
        .setAAD(Buffer.from(place))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([
        decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)),
        decipher.final(),
      ]).toString('utf8');
    } catch {
      return null;
    }
  },
});

/** Where a session's key is sealed: auth seals it, every gateway opens it. */
export const sessionKeyPlace = (sessionId: string): string => `sessions/${sessionId}/key`;
