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

/**
 * `key`: 32 bytes that outlive the process and every service key: a name whose challenge changed its size in a rotation would
 * be nobody's.
 */
export function createDecoys(key: Uint8Array): Decoys {
  const stream = (label: string, bytes: number): Buffer => {
    const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, block) =>
      createHmac('sha256', key).update(`${label}/${block}`).digest(),
    );
    return Buffer.concat(blocks).subarray(0, bytes);
  };
  /** A number with its top two bits and its lowest bit set, as the primes of RSA keys have them. */
  const factor = (label: string, bits: number): bigint => {
    const random = BigInt(`0x${stream(label, bits / 8).toString('hex')}`);
    return random | (3n << BigInt(bits - 2)) | 1n;
  };
  /**
   * Nobody decrypts a decoy: a product of two numbers that are no primes serves. One for each name, and of the same
   * distribution as real ones: challenges of one modulus, asked for under many names, would give its size away.
   */
  const publicKeyOf = (name: string, bits: number): string => {
    const modulus = factor(`${name}/p`, bits / 2) * factor(`${name}/q`, bits / 2);
    const n = Buffer.from(modulus.toString(16), 'hex').toString('base64url');
    return exportPublicKey(createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' }));
  };
  return {
    for(username) {
      const name = `name/${foldName(username)}`;
      const choice = stream(name, 32);
      const bits = DECOY_BITS[choice.readUInt8(0) % DECOY_BITS.length] ?? DECOY_BITS[0];
      return {
        username,
        publicKey: publicKeyOf(name, bits),
        passwordHash: choice.toString('hex'),
        registeredAt: 0,
        published: true,
        suspended: false,
      };
    },
  };
}
