import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { type Bundle, signBundle } from '@secure-chat/crypto/e2ee/bundle';
import { generateCurveKeyPair } from '@secure-chat/crypto/e2ee/curve-keys';
import { generateIdentity } from '@secure-chat/crypto/e2ee/identity';
import { exportPublicKey, generateRsaKeyPair } from '@secure-chat/crypto/rsa';

const { publicKey } = await generateRsaKeyPair(2048);
const identity = generateIdentity();
const prekey = { id: 1, key: generateCurveKeyPair('X25519').publicKey };
/** In 90 days. */
const expiresAt = Date.now() + 90 * 24 * 60 * 60_000;
const kemPrekey = { id: 2, key: Buffer.from(ml_kem768.keygen().publicKey) };

/** The registered key of whoever publishes these bundles. */
export const pem = exportPublicKey(publicKey);
export const otherKey = (await generateRsaKeyPair(2048)).publicKey;

/** A sound bundle in base64, but for what a test bends. Equal ones have equal bytes: Ed25519 is deterministic. */
export function bundleOf(username: string, serial: number, bend: Partial<Bundle> = {}): string {
  const sound = {
    username,
    encryptionKey: publicKey,
    identityKey: identity.publicKey,
    prekey,
    kemPrekey,
    expiresAt,
  };
  return signBundle({ ...sound, serial, ...bend }, identity).toString('base64');
}
