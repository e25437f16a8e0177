import { createPrivateKey, createPublicKey, diffieHellman, type KeyObject, randomBytes } from 'node:crypto';

/** Ed25519 signs (RFC 8032), X25519 agrees on secrets (RFC 7748). Public keys travel as their 32 bytes. */
export type Curve = 'Ed25519' | 'X25519';

export interface CurveKeyPair {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

export const CURVE_KEY_BYTES = 32;

/** PKCS#8 before the 32 bytes of a private key (RFC 8410, section 7). */
const PKCS8 = {
  Ed25519: Buffer.from('302e020100300506032b657004220420', 'hex'),
  X25519: Buffer.from('302e020100300506032b656e04220420', 'hex'),
};

/**
 * A private key of either curve is 32 random bytes (RFC 7748, section 6.1; RFC 8032, section 5.1.5). Not `generateKeyPairSync`:
 * Node 20 locks the key of a generation that is garbage-collected, and stands still for ever when that happens while the
 * same key is exported.
 */
export const generateCurveKeyPair = (curve: Curve): CurveKeyPair =>
  pairOf(privateKeyOf(curve, randomBytes(CURVE_KEY_BYTES)));

/** Node makes the public key from the private one, and wants a text in its place all the same. */
const privateKeyOf = (crv: Curve, d: Buffer): KeyObject =>
  createPrivateKey({ key: { kty: 'OKP', crv, x: '', d: d.toString('base64url') }, format: 'jwk' });

/** The pair of an Ed25519 or X25519 private key. */
function pairOf(privateKey: KeyObject): CurveKeyPair {
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' });
  if (x === undefined) throw new TypeError('neither Ed25519 nor X25519');
  return { publicKey: Buffer.from(x, 'base64url'), privateKey };
}

/** Null unless it is 32 bytes. Which point they are shows when the key is used. */
export function importCurvePublicKey(curve: Curve, bytes: Uint8Array): KeyObject | null {
  if (bytes.length !== CURVE_KEY_BYTES) return null;
  try {
    const x = Buffer.from(bytes).toString('base64url');
    return createPublicKey({ key: { kty: 'OKP', crv: curve, x }, format: 'jwk' });
  } catch {
    return null;
  }
}

/** PKCS#8, for storage; by way of JWK, as its import: in a tenth of the time that node's own takes. */
export function exportCurvePrivateKey({ privateKey }: CurveKeyPair): Buffer {
  const { crv, d } = privateKey.export({ format: 'jwk' });
  if ((crv !== 'Ed25519' && crv !== 'X25519') || d === undefined)
    throw new TypeError('neither Ed25519 nor X25519');
  return Buffer.concat([PKCS8[crv], Buffer.from(d, 'base64url')]);
}

/** Null for anything but a private key of that curve as `exportCurvePrivateKey` writes it. */
export function importCurvePrivateKey(curve: Curve, pkcs8: Uint8Array): CurveKeyPair | null {
  const prefix = PKCS8[curve];
  const d = Buffer.from(pkcs8.subarray(prefix.length));
  if (d.length !== CURVE_KEY_BYTES || !prefix.equals(pkcs8.subarray(0, prefix.length))) return null;
  return pairOf(privateKeyOf(curve, d));
}

/** The shared secret, 32 bytes; null for a public key that gives none (RFC 7748, section 6.1: all zero). */
export function agree(own: KeyObject, peer: Uint8Array): Buffer | null {
  const publicKey = importCurvePublicKey('X25519', peer);
  if (!publicKey) return null;
  try {
    const secret = diffieHellman({ privateKey: own, publicKey });
    return secret.some((byte) => byte !== 0) ? secret : null;
  } catch {
    return null;
  }
}
