import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';

/** Ed25519 signs (RFC 8032), X25519 agrees on secrets (RFC 7748). Public keys travel as their 32 bytes. */
export type Curve = 'Ed25519' | 'X25519';

export interface CurveKeyPair {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  readonly privateKey: KeyObject;
}

export const CURVE_KEY_BYTES = 32;

export function generateCurveKeyPair(curve: Curve): CurveKeyPair {
  // Two overloads of one name: node's types want the literal.
  const { privateKey } = curve === 'Ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return pairOf(privateKey);
}

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

/** PKCS#8, for storage. */
export const exportCurvePrivateKey = ({ privateKey }: CurveKeyPair): Buffer =>
  privateKey.export({ format: 'der', type: 'pkcs8' });

/** Null for anything but a private key of that curve as `exportCurvePrivateKey` writes it. */
export function importCurvePrivateKey(curve: Curve, pkcs8: Uint8Array): CurveKeyPair | null {
  try {
    const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    return key.asymmetricKeyType === curve.toLowerCase() ? pairOf(key) : null;
  } catch {
    return null;
  }
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
