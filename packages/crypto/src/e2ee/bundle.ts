import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { isWireKey } from '../rsa.ts';
import { decodeList, encodeList, readText, readU32, readU64, u32, u64 } from './byte-list.ts';
import { CURVE_KEY_BYTES } from './curve-keys.ts';
import { type IdentityKeyPair, isSignedBy, SIGNATURE_BYTES, signAs } from './identity.ts';

const TAG = 'secure-chat/v2/bundle';
const PARTS = [
  'tag',
  'username',
  'encryptionKey',
  'identityKey',
  'prekeyId',
  'prekey',
  'kemPrekeyId',
  'kemPrekey',
  'serial',
  'expiresAt',
  'signature',
] as const;
/** Bytes of an encoded bundle: an RSA key of 8,192 bits is 1,050, an ML-KEM-768 key 1,184, and the rest some 300. */
export const BUNDLE_BYTES_MAX = 4_096;
/** FIPS 203, ML-KEM-768: bytes of an encapsulation key, of them the seed at its end, and the modulus of its coefficients. */
const KEM_KEY_BYTES = 1_184;
const KEM_SEED_BYTES = 32;
const KEM_MODULUS = 3_329;

/** What a user publishes so that others can start a key exchange while he is away. */
export interface Bundle {
  readonly username: string;
  /** RSA. */
  readonly encryptionKey: KeyObject;
  /** Ed25519, 32 bytes. */
  readonly identityKey: Buffer;
  /** X25519, 32 bytes. */
  readonly prekey: { readonly id: number; readonly key: Buffer };
  /** ML-KEM-768, 1,184 bytes. */
  readonly kemPrekey: { readonly id: number; readonly key: Buffer };
  /** Grows with each bundle of a user: an older one is not accepted after a newer one. */
  readonly serial: number;
  /** Unix milliseconds. */
  readonly expiresAt: number;
}

/** SPKI DER of an RSA key. */
export const encryptionKeyBytes = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' });

/** SHA-256 of that, 32 bytes: what the key log names a public key by. */
export const encryptionKeyHash = (key: KeyObject): Buffer =>
  createHash('sha256').update(encryptionKeyBytes(key)).digest();

const signedParts = (bundle: Bundle): (Uint8Array | string)[] => [
  TAG,
  bundle.username,
  encryptionKeyBytes(bundle.encryptionKey),
  bundle.identityKey,
  u32(bundle.prekey.id),
  bundle.prekey.key,
  u32(bundle.kemPrekey.id),
  bundle.kemPrekey.key,
  u64(bundle.serial),
  u64(bundle.expiresAt),
];

/** The bundle with its signature, by the key that is in it. */
export function signBundle(bundle: Bundle, identity: IdentityKeyPair): Buffer {
  if (!identity.publicKey.equals(bundle.identityKey))
    throw new Error("the bundle names another's identity key");
  const parts = signedParts(bundle);
  return encodeList([...parts, signAs(identity, encodeList(parts))]);
}

/**
 * The bundle, or null unless it is well-formed and signed by the identity key in it. Whose key that is, whether it is the
 * pinned one, whether the serial went back, and whether it has expired, the caller asks.
 */
export function openBundle(bytes: Uint8Array): Bundle | null {
  if (bytes.length > BUNDLE_BYTES_MAX) return null;
  const parts = decodeList(bytes, PARTS);
  if (!parts) return null;
  if (!isSignedBy(parts.identityKey, unsigned(bytes), parts.signature)) return null;

  const username = readText(parts.username);
  const encryptionKey = encryptionKeyOf(parts.encryptionKey);
  const prekeyId = readU32(parts.prekeyId);
  const kemPrekeyId = readU32(parts.kemPrekeyId);
  const serial = readU64(parts.serial);
  const expiresAt = readU64(parts.expiresAt);
  if (readText(parts.tag) !== TAG || username === null || encryptionKey === null) return null;
  if (prekeyId === null || kemPrekeyId === null || serial === null || expiresAt === null) return null;
  if (parts.prekey.length !== CURVE_KEY_BYTES || !isKemKey(parts.kemPrekey)) return null;
  return {
    username,
    encryptionKey,
    identityKey: Buffer.from(parts.identityKey),
    prekey: { id: prekeyId, key: Buffer.from(parts.prekey) },
    kemPrekey: { id: kemPrekeyId, key: Buffer.from(parts.kemPrekey) },
    serial,
    expiresAt,
  };
}

/** All but the last part, which is the signature and its length. */
const unsigned = (bytes: Uint8Array): Uint8Array => bytes.subarray(0, bytes.length - SIGNATURE_BYTES - 4);

/** SHA-256, 32 bytes: what a key exchange names the bundle by. */
export const bundleHash = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** The wire contract's bounds on RSA keys; and no other spelling of the same key. */
function encryptionKeyOf(spki: Buffer): KeyObject | null {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return isWireKey(key) && encryptionKeyBytes(key).equals(spki) ? key : null;
  } catch {
    return null;
  }
}

/** FIPS 203, section 7.2: the length, and every coefficient below the modulus. They have 12 bits: two are three bytes. */
function isKemKey(key: Buffer): boolean {
  if (key.length !== KEM_KEY_BYTES) return false;
  for (let at = 0; at < KEM_KEY_BYTES - KEM_SEED_BYTES; at += 3) {
    const two = key.readUIntLE(at, 3);
    if ((two & 0xfff) >= KEM_MODULUS || two >> 12 >= KEM_MODULUS) return false;
  }
  return true;
}
