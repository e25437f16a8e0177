import { createHash, sign, verify } from 'node:crypto';
import { encodeList } from './byte-list.ts';
import { type CurveKeyPair, generateCurveKeyPair, importCurvePublicKey } from './curve-keys.ts';

/** The key that a user is known by: Ed25519. It signs bundles and key exchanges, and nothing else. */
export type IdentityKeyPair = CurveKeyPair;

export const SIGNATURE_BYTES = 64;

export const generateIdentity = (): IdentityKeyPair => generateCurveKeyPair('Ed25519');

/** SHA-256, 32 bytes. */
export const identityFingerprint = (publicKey: Uint8Array): Buffer =>
  createHash('sha256')
    .update(encodeList(['secure-chat/v2/identity', publicKey]))
    .digest();

/** 64 bytes, RFC 8032. */
export const signAs = ({ privateKey }: IdentityKeyPair, bytes: Uint8Array): Buffer =>
  sign(null, bytes, privateKey);

/** False for any signature that does not hold, whatever is wrong with it or the key. */
export function isSignedBy(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  const key = importCurvePublicKey('Ed25519', publicKey);
  if (!key || signature.length !== SIGNATURE_BYTES) return false;
  try {
    return verify(null, bytes, key, signature);
  } catch {
    return false;
  }
}
