import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeal, sessionKeyPlace } from '../src/seal.ts';

const seal = createSeal(Buffer.alloc(32, 1));
const PLACE = 'auth/accounts/alice/password_hash';

describe('a sealed value', () => {
  it('opens at its place, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (secret, place) => {
        expect(seal.open(seal.seal(secret, place), place)).toBe(secret);
      }),
      { examples: [['', '']] },
    );
  });

  it('is never the same twice and does not hold the secret', () => {
    const values = Array.from({ length: 200 }, () => seal.seal('c0ffee', PLACE));
    expect(new Set(values).size).toBe(200);
    expect(Buffer.from(values.join(), 'base64url').includes('c0ffee')).toBe(false);
  });

  it('opens at no other place and under no other key', () => {
    const sealed = seal.seal('secret', PLACE);
    expect(seal.open(sealed, 'auth/accounts/bob/password_hash')).toBeNull();
    expect(seal.open(sealed, '')).toBeNull();
    expect(createSeal(Buffer.alloc(32, 2)).open(sealed, PLACE)).toBeNull();
    expect(sessionKeyPlace('a')).not.toBe(sessionKeyPlace('b'));
  });

  it('does not open when any one bit was flipped', () => {
    const bytes = Buffer.from(seal.seal('secret', PLACE), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(seal.open(changed.toString('base64url'), PLACE)).toBeNull();
    }
  });

  it('does not open when bytes are missing, and nothing is thrown', () => {
    const bytes = Buffer.from(seal.seal('secret', PLACE), 'base64url');
    for (let length = 0; length < bytes.length; length += 1) {
      expect(seal.open(bytes.subarray(0, length).toString('base64url'), PLACE)).toBeNull();
    }
    for (const text of ['', 'null', '!!!', 'a'.repeat(1_000)]) expect(seal.open(text, PLACE)).toBeNull();
  });
});
