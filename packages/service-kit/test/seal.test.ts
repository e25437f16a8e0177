import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeal, sessionKeyPlace } from '../src/seal.ts';
import { fixedKeys, type Keys, keyId } from '../src/service-keys.ts';

const sealUnder = (...keys: Keys) => createSeal(fixedKeys(...keys).for('seal'));
const [OLD, NEW] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
const seal = sealUnder(OLD);
const id = keyId(OLD);
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
    expect(Buffer.from(values.map((value) => value.slice(9)).join(), 'base64url').includes('c0ffee')).toBe(
      false,
    );
  });

  it('opens at no other place and under no other key', () => {
    const sealed = seal.seal('secret', PLACE);
    expect(seal.open(sealed, 'auth/accounts/bob/password_hash')).toBeNull();
    expect(seal.open(sealed, '')).toBeNull();
    expect(sealUnder(NEW).open(sealed, PLACE)).toBeNull();
    expect(sessionKeyPlace('a')).not.toBe(sessionKeyPlace('b'));
  });

  it('does not open when any one bit was flipped', () => {
    const bytes = Buffer.from(seal.seal('secret', PLACE).slice(9), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(seal.open(`${id}.${changed.toString('base64url')}`, PLACE)).toBeNull();
    }
  });

  it('does not open when bytes are missing, and nothing is thrown', () => {
    const bytes = Buffer.from(seal.seal('secret', PLACE).slice(9), 'base64url');
    for (let length = 0; length < bytes.length; length += 1) {
      expect(seal.open(`${id}.${bytes.subarray(0, length).toString('base64url')}`, PLACE)).toBeNull();
    }
    for (const text of ['', 'null', '!!!', 'a'.repeat(1_000), `${id}.`, `${id}..`])
      expect(seal.open(text, PLACE)).toBeNull();
  });

  it('names the key that it is under, and is under the newest', () => {
    const both = sealUnder(NEW, OLD);
    const sealed = both.seal('secret', PLACE);
    expect(sealed).toMatch(new RegExp(`^${keyId(NEW)}\\.[A-Za-z0-9_-]+$`));
    expect(both.isCurrent(sealed)).toBe(true);
    expect(sealUnder(NEW).open(sealed, PLACE)).toBe('secret');
    expect(seal.open(sealed, PLACE)).toBeNull();
  });

  it('opens under each key that there is, and no longer when its key is gone', () => {
    const sealed = seal.seal('secret', PLACE);
    const both = sealUnder(NEW, OLD);
    expect(both.open(sealed, PLACE)).toBe('secret');
    expect(both.isCurrent(sealed)).toBe(false);
    expect(both.open(sealed.replace(id, keyId(NEW)), PLACE)).toBeNull();
    expect(sealUnder(NEW).open(sealed, PLACE)).toBeNull();
  });

  it('from before keys had ids opens under whichever key fits, and is not current', () => {
    const sealed = seal.seal('secret', PLACE).slice(9);
    for (const one of [seal, sealUnder(NEW, OLD)]) {
      expect(one.open(sealed, PLACE)).toBe('secret');
      expect(one.isCurrent(sealed)).toBe(false);
    }
    expect(sealUnder(NEW).open(sealed, PLACE)).toBeNull();
  });
});
