import { createHash, type KeyObject } from 'node:crypto';
import { encryptionKeyBytes } from '@secure-chat/crypto/e2ee/bundle';

/** The content of a public key's entry in the key log: SHA-256 of its SPKI DER, in hex. */
export const publicKeyHash = (key: KeyObject): string =>
  createHash('sha256').update(encryptionKeyBytes(key)).digest('hex');
