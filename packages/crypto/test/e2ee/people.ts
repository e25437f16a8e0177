import type { KeyObject } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { bundleHash, signBundle } from '../../src/e2ee/bundle.ts';
import { generateCurveKeyPair } from '../../src/e2ee/curve-keys.ts';
import { generateIdentity, type IdentityKeyPair } from '../../src/e2ee/identity.ts';
import type { AcceptOptions, PublishedBundle } from '../../src/e2ee/key-exchange.ts';
import { generateRsaKeyPair } from '../../src/rsa.ts';

export const NOW = Date.UTC(2026, 10, 25);

export interface Person {
  readonly username: string;
  readonly identity: IdentityKeyPair;
  readonly rsa: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  /** As published. */
  readonly bundle: Buffer;
  readonly published: PublishedBundle;
}

export async function newPerson(username: string): Promise<Person> {
  const rsa = await generateRsaKeyPair(2_048);
  const identity = generateIdentity();
  const pair = generateCurveKeyPair('X25519');
  const kem = ml_kem768.keygen();
  const bundle = signBundle(
    {
      username,
      encryptionKey: rsa.publicKey,
      identityKey: identity.publicKey,
      prekey: { id: 7, key: pair.publicKey },
      kemPrekey: { id: 8, key: Buffer.from(kem.publicKey) },
      serial: 1,
      expiresAt: NOW + 1,
    },
    identity,
  );
  const published = {
    encryptionKey: rsa.privateKey,
    prekey: { id: 7, pair },
    kemPrekey: { id: 8, secretKey: kem.secretKey },
  };
  return { username, identity, rsa, bundle, published };
}

/** What a person accepts from another, unless it is changed. */
export const accepting = (
  own: Person,
  sender: Person,
  changed: Partial<AcceptOptions> = {},
): AcceptOptions => ({
  username: own.username,
  identityKey: own.identity.publicKey,
  sender: sender.username,
  senderIdentity: sender.identity.publicKey,
  isKnown: () => false,
  publishedBundle: (hash) => (hash.equals(bundleHash(own.bundle)) ? own.published : null),
  now: NOW,
  ...changed,
});

export function flipped(bytes: Uint8Array, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt8(copy.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return copy;
}
