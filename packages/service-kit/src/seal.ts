import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Keyring } from './service-keys.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keeps secrets unreadable at rest: AES-256-GCM, random 96-bit nonces, bound to a place. */
export interface Seal {
  /**
   * The newest key's id, a dot, and base64url of nonce, ciphertext and tag. `place` says where the value belongs: it
   * opens nowhere else.
   */
  seal(secret: string, place: string): string;
  /** Null when the value was changed, belongs to another place, or is under a key that is not known, or not any more. */
  open(sealed: string, place: string): string | null;
  /** Whether the value is under the newest key. */
  isCurrent(sealed: string): boolean;
}

/** Seals under the newest key, opens under each. Values from before keys had ids name none, and are tried under all. */
export const createSeal = (keys: Keyring): Seal => ({
  seal(secret, place) {
    const { id, bytes } = keys.newest();
    return `${id}.${encrypt(bytes, secret, place)}`;
  },
  open(sealed, place) {
    const [, id, value = ''] = /^(?:([0-9a-f]{8})\.)?([A-Za-z0-9_-]+)$/.exec(sealed) ?? [];
    const named = id === undefined ? keys.all() : [keys.find(id)];
    for (const key of named) {
      const secret = key && decrypt(key.bytes, value, place);
      if (secret !== null) return secret;
    }
    return null;
  },
  isCurrent: (sealed) => sealed.startsWith(`${keys.newest().id}.`),
});

function encrypt(key: Uint8Array, secret: string, place: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(
    Buffer.from(place),
  );
  const text = [nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(text).toString('base64url');
}

function decrypt(key: Uint8Array, sealed: string, place: string): string | null {
  const bytes = Buffer.from(sealed, 'base64url');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  const nonce = bytes.subarray(0, NONCE_BYTES);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return Buffer.concat(text).toString('utf8');
  } catch {
    return null;
  }
}

/** Where a session's key is sealed: auth seals it, every gateway opens it. */
export const sessionKeyPlace = (sessionId: string): string => `sessions/${sessionId}/key`;
