import { describe, expect, it } from 'vitest';
import { generateIdentity, identityFingerprint, isSignedBy, signAs } from '../../src/e2ee/identity.ts';
import { flipped } from './people.ts';

const identity = generateIdentity();
const text = Buffer.from('a text');
const signature = signAs(identity, text);

describe('an identity key', () => {
  it('verifies the vector of RFC 8032, section 7.1, test 2', () => {
    const key = Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex');
    const signed = Buffer.from(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
      'hex',
    );
    expect(isSignedBy(key, Buffer.of(0x72), signed)).toBe(true);
    expect(isSignedBy(key, Buffer.of(0x73), signed)).toBe(false);
  });

  it('has signed what it signed, and nothing else', () => {
    expect(isSignedBy(identity.publicKey, text, signature)).toBe(true);
    expect(isSignedBy(generateIdentity().publicKey, text, signature)).toBe(false);
    for (let bit = 0; bit < 8 * signature.length; bit++)
      expect(isSignedBy(identity.publicKey, text, flipped(signature, bit))).toBe(false);
  });

  it('finds no signature in other lengths, and no key in other bytes', () => {
    expect(isSignedBy(identity.publicKey, text, signature.subarray(1))).toBe(false);
    expect(isSignedBy(Buffer.alloc(31), text, signature)).toBe(false);
    expect(isSignedBy(Buffer.alloc(32, 0xff), text, signature)).toBe(false);
  });

  it('has a fingerprint of 32 bytes', () => {
    expect(identityFingerprint(identity.publicKey)).toHaveLength(32);
    expect(identityFingerprint(identity.publicKey)).not.toEqual(
      identityFingerprint(generateIdentity().publicKey),
    );
  });
});
