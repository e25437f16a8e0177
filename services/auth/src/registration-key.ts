import { exportPublicKey, generateRsaKeyPair, oaep256Decrypt } from '@secure-chat/crypto/rsa';

/** The pair to which registrations are encrypted. Made at start and kept in memory alone: a disk that is copied later opens none. */
export interface RegistrationKey {
  /** PEM. */
  readonly publicKey: string;
  /** The text of an `OAEP256` payload in hex, or null. */
  decrypt(payload: string): string | null;
}

export async function createRegistrationKey(): Promise<RegistrationKey> {
  const { publicKey, privateKey } = await generateRsaKeyPair(2048);
  return { publicKey: exportPublicKey(publicKey), decrypt: (payload) => oaep256Decrypt(privateKey, payload) };
}
