import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import type { V1Account } from '../v1-client/account.ts';

const DAY_MS = 24 * 60 * 60_000;
const identity = generateKeyPairSync('ed25519');
const kemKey = ml_kem768.keygen().publicKey;

/** What is put in the place of something sound. */
export type Bend = { username?: string; key?: KeyObject; expiresAt?: number };

/** A bundle of protocol v2 in base64, as docs/e2ee.md has it: written here once more. */
export function bundleFor(account: V1Account, serial: number, bend: Bend = {}): string {
  const {
    username = account.username,
    key = account.keys.privateKey,
    expiresAt = Date.now() + 90 * DAY_MS,
  } = bend;
  const prekey = rawKeyOf(generateKeyPairSync('x25519').publicKey);
  const parts = [
    'secure-chat/v2/bundle',
    username,
    spkiOf(key),
    rawKeyOf(identity.publicKey),
    number(4, 1),
    prekey,
    number(4, 1),
    kemKey,
    number(8, serial),
    number(8, expiresAt),
  ];
  return list([...parts, sign(null, list(parts), identity.privateKey)]).toString('base64');
}

/** `LIST` of docs/e2ee.md. */
export const list = (parts: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => Buffer.from(part)).flatMap((part) => [number(4, part.length), part]));

/** Big-endian, in so many bytes. */
export const number = (bytes: number, value: number): Buffer =>
  Buffer.from(value.toString(16).padStart(2 * bytes, '0'), 'hex');

/** SPKI of the public half. */
export const spkiOf = (privateKey: KeyObject): Buffer =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' });

/** The last 32 bytes of the SPKI of an X25519 or Ed25519 key (RFC 8410). */
const rawKeyOf = (key: KeyObject): Buffer => key.export({ type: 'spki', format: 'der' }).subarray(-32);
