import { createPublicKey } from 'node:crypto';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { BUNDLE_BYTES_MAX, openBundle, signBundle } from '../../src/e2ee/bundle.ts';
import { encodeList } from '../../src/e2ee/byte-list.ts';
import { generateIdentity, signAs } from '../../src/e2ee/identity.ts';
import { generateRsaKeyPair } from '../../src/rsa.ts';
import { flipped, NOW, newPerson, type Person } from './people.ts';

let alice: Person;
beforeAll(async () => {
  alice = await newPerson('alice');
});

const opened = () => {
  const bundle = openBundle(alice.bundle);
  if (!bundle) throw new Error('does not open');
  return bundle;
};

/** The parts of an encoded list, whatever they mean. */
function partsOf(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return parts;
}

/** The bundle with one part replaced, signed again by its owner. */
function resigned(index: number, part: Uint8Array): Buffer {
  const parts: Uint8Array[] = partsOf(alice.bundle).slice(0, -1);
  parts[index] = part;
  return encodeList([...parts, signAs(alice.identity, encodeList(parts))]);
}

describe('a bundle', () => {
  it('opens to what was signed', () => {
    const { username, identityKey, prekey, kemPrekey, serial, expiresAt, encryptionKey } = opened();
    expect({ username, serial, expiresAt }).toEqual({ username: 'alice', serial: 1, expiresAt: NOW + 1 });
    expect(identityKey).toEqual(alice.identity.publicKey);
    expect(prekey).toEqual({ id: 7, key: alice.published.prekey.pair.publicKey });
    expect(kemPrekey.id).toBe(8);
    expect(encryptionKey.equals(alice.rsa.publicKey)).toBe(true);
  });

  it('is refused with any bit flipped', { timeout: 60_000 }, () => {
    for (let bit = 0; bit < 8 * alice.bundle.length; bit++)
      expect(openBundle(flipped(alice.bundle, bit))).toBeNull();
  });

  it('is refused cut short, with more after it, or too large', () => {
    for (let length = 0; length < alice.bundle.length; length += 7)
      expect(openBundle(alice.bundle.subarray(0, length))).toBeNull();
    expect(openBundle(Buffer.concat([alice.bundle, Buffer.of(0)]))).toBeNull();
    expect(openBundle(Buffer.alloc(BUNDLE_BYTES_MAX + 1))).toBeNull();
  });

  it('fits its limit with the largest RSA key', () => {
    // Any odd number of that size will do for a modulus: nothing is decrypted.
    const n = Buffer.alloc(1_024, 0xff).toString('base64url');
    const publicKey = createPublicKey({ key: { kty: 'RSA', n, e: 'AQAB' }, format: 'jwk' });
    const username = 'a'.repeat(32);
    const bundle = signBundle({ ...opened(), username, encryptionKey: publicKey }, alice.identity);
    expect(bundle.length).toBeLessThanOrEqual(BUNDLE_BYTES_MAX);
    expect(openBundle(bundle)).not.toBeNull();
  });

  it('is refused with keys that are none, though their owner signs them', async () => {
    const { publicKey } = await generateRsaKeyPair(1_024);
    const short = publicKey.export({ format: 'der', type: 'spki' });
    expect(openBundle(resigned(0, Buffer.from('secure-chat/v3/bundle')))).toBeNull();
    expect(openBundle(resigned(1, Buffer.of(0xff)))).toBeNull();
    expect(openBundle(resigned(2, short))).toBeNull();
    expect(openBundle(resigned(2, Buffer.from('none')))).toBeNull();
    expect(openBundle(resigned(4, Buffer.alloc(3)))).toBeNull();
    expect(openBundle(resigned(5, Buffer.alloc(31)))).toBeNull();
    expect(openBundle(resigned(7, Buffer.alloc(1_183)))).toBeNull();
    expect(openBundle(resigned(8, Buffer.alloc(8, 0xff)))).toBeNull();
  });

  it('is refused with an ML-KEM key of which any coefficient is not below the modulus (FIPS 203, section 7.2)', () => {
    const { key } = opened().kemPrekey;
    for (const at of [0, 1, 766, 767]) {
      const changed = (coefficient: number): Buffer => {
        const bytes = Buffer.from(key);
        const start = 3 * (at >> 1);
        const two = bytes.readUIntLE(start, 3);
        const other = at % 2 === 0 ? two & 0xfff000 : two & 0xfff;
        bytes.writeUIntLE(other | (coefficient << (at % 2 === 0 ? 0 : 12)), start, 3);
        return bytes;
      };
      expect(openBundle(resigned(7, changed(3_328)))).not.toBeNull();
      for (const coefficient of [3_329, 4_095]) {
        expect(openBundle(resigned(7, changed(coefficient)))).toBeNull();
        expect(() => ml_kem768.encapsulate(changed(coefficient))).toThrow();
      }
    }
    const seed = Buffer.from(key).fill(0xff, 1_152);
    expect(openBundle(resigned(7, seed))).not.toBeNull();
  });

  it("cannot be signed by another's key", () => {
    expect(() => signBundle(opened(), generateIdentity())).toThrow("another's identity key");
  });
});
