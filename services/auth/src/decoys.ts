import { createHmac, createPublicKey } from 'node:crypto';
import { exportPublicKey } from '@secure-chat/crypto/rsa';
import { foldName } from '@secure-chat/wire/names';
import type { Account } from './accounts.ts';

/** Modulus sizes that clients make: 2048 bits in v1 clients, 3072 in ours. */
const DECOY_BITS = [2048, 3072] as const;

/** An account that nobody can log in to: its challenge costs and looks the same as a registered user's. */
export interface Decoys {
  /** The same name always gets the same size of key, so asking twice tells nothing. */
  for(username: string): Account;
}

/** `key`: 32 bytes that outlive the process. */
export function createDecoys(key: Uint8Array): Decoys {
  const stream = (label: string, bytes: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, block) =>
      createHmac('sha256', key).update(`${label}/${block}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, bytes);
  };
  // Nobody decrypts a decoy: a random odd modulus of the right size serves, and nobody knows its factors.
  const publicKeys = DECOY_BITS.map((bits) => {
    const modulus = stream(`modulus/${bits}`, bits / 8);
    modulus.writeUInt8(modulus.readUInt8(0) | 0x80, 0);
    modulus.writeUInt8(modulus.readUInt8(modulus.length - 1) | 0x01, modulus.length - 1);
    return exportPublicKey(
      createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }, format: 'jwk' }),
    );
  });
  return {
    for(username) {
      const choice = stream(`name/${foldName(username)}`, 32);
      const publicKey = publicKeys[choice.readUInt8(0) % publicKeys.length] ?? '';
      return { username, publicKey, passwordHash: choice.toString('hex'), registeredAt: 0, published: true };
    },
  };
}
