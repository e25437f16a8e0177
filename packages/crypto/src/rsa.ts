import {
  constants,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto';
import { promisify } from 'node:util';

/** Bits of a modulus. Less is broken; more costs the server milliseconds an encryption. */
export const RSA_BITS_MIN = 2048;
export const RSA_BITS_MAX = 8192;
const PUBLIC_EXPONENT = 65537;

const OAEP_SHA256 = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' } as const;

/**
 * A fresh RSA pair, e = 65537. Takes 50 ms to a second; off the event loop. Its keys are made anew from their encoding: see
 * `generateCurveKeyPair` for why.
 */
export async function generateRsaKeyPair(
  bits: number,
): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  const { privateKey: key } = await promisify(generateKeyPair)('rsa', {
    modulusLength: bits,
    publicExponent: PUBLIC_EXPONENT,
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  });
  const privateKey = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
  return { publicKey: createPublicKey(privateKey), privateKey };
}

/** PEM SubjectPublicKeyInfo. */
export const exportPublicKey = (key: KeyObject): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();

/** wire contract, "RSA key on the wire". Null unless it is one SPKI PEM of a plain RSA key within the bounds. */
export function importPublicKey(pem: string): KeyObject | null {
  if (!/^\s*-----BEGIN PUBLIC KEY-----\s[A-Za-z0-9+/=\s]+-----END PUBLIC KEY-----\s*$/.test(pem)) return null;
  try {
    const key = createPublicKey(pem);
    return isWireKey(key) ? key : null;
  } catch {
    return null;
  }
}

/** Whether it is a plain RSA key within the bounds. */
export function isWireKey(key: KeyObject): boolean {
  const details = key.asymmetricKeyDetails;
  const bits = details?.modulusLength ?? 0;
  const sound =
    key.asymmetricKeyType === 'rsa' &&
    bits >= RSA_BITS_MIN &&
    bits <= RSA_BITS_MAX &&
    details?.publicExponent === BigInt(PUBLIC_EXPONENT);
  // A modulus that no RSA key has (an even one, say) shows when it is used.
  return sound && canEncrypt(key);
}

function canEncrypt(key: KeyObject): boolean {
  try {
    return publicEncrypt({ key, ...OAEP_SHA256 }, Buffer.alloc(0)).length > 0;
  } catch {
    return false;
  }
}

/** wire contract, `OAEP256(key, text)`: lower-case hex. Throws when the text is longer than the modulus allows. */
export const oaep256Encrypt = (key: KeyObject, text: string): string =>
  publicEncrypt({ key, ...OAEP_SHA256 }, Buffer.from(text, 'utf8')).toString('hex');

/** The text, or null for anything that is not hex of such a ciphertext under this key. */
export function oaep256Decrypt(key: KeyObject, hex: string): string | null {
  if (!/^([0-9a-fA-F]{2})+$/.test(hex)) return null;
  try {
    const bytes = privateDecrypt({ key, ...OAEP_SHA256 }, Buffer.from(hex, 'hex'));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
