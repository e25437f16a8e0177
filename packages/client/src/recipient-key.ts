import { wrapKey } from '@secure-chat/crypto/e2ee/legacy-v1';
import { importPublicKey } from '@secure-chat/crypto/rsa';

/** `encrypted_key` for the owner of a public key; null when nothing can be encrypted to it. */
export function wrapFor(pem: string, key: Uint8Array): string | null {
  try {
    const recipient = importPublicKey(pem);
    return recipient && wrapKey(recipient, key);
  } catch {
    // A key can be well-formed and still fail when it is used.
    return null;
  }
}

/** Whether keys can be told to the owner of this public key. Tried out, under a key that nothing uses. */
export const isUsableKey = (pem: string): boolean => wrapFor(pem, new Uint8Array(32)) !== null;
