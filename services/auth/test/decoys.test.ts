import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { describe, expect, it } from 'vitest';
import { createDecoys } from '../src/decoys.ts';

const KEY = Buffer.alloc(32, 1);
const NAMES = Array.from({ length: 200 }, (_, index) => `name-${index}`);
const REAL_LENGTHS = [512, 768];

const challengeLength = (pem: string): number => {
  const key = importPublicKey(pem);
  return key ? oaep256Encrypt(key, `${'0'.repeat(32)}|2026-01-04T10:30:00.123000+00:00|alice`).length : 0;
};

describe('a decoy', () => {
  it('has a sound public key whose challenges are as long as those of real ones', () => {
    const decoys = createDecoys(KEY);
    const lengths = NAMES.map((name) => challengeLength(decoys.for(name).publicKey));
    expect([...new Set(lengths)].toSorted()).toEqual(REAL_LENGTHS);
  });

  it('of a name is always the same, whatever its case, also after a restart', () => {
    const [before, after] = [createDecoys(KEY), createDecoys(KEY)];
    for (const name of NAMES) {
      const { publicKey, passwordHash } = before.for(name);
      expect(after.for(name.toUpperCase())).toMatchObject({ publicKey, passwordHash });
    }
  });

  it('has a modulus of its own, spread over the range as those of real keys are', () => {
    const decoys = createDecoys(KEY);
    const leading = NAMES.map((name) => {
      const key = importPublicKey(decoys.for(name).publicKey);
      const n = String(key?.export({ format: 'jwk' }).n);
      return Buffer.from(n, 'base64url').readUInt16BE() / 0x1_0000;
    });
    expect(new Set(leading).size).toBeGreaterThan(NAMES.length * 0.9);
    // The product of two factors in [0.75, 1): between 0.5625 and 1, 0.766 on average.
    expect(Math.min(...leading)).toBeGreaterThanOrEqual(0.5625);
    const mean = leading.reduce((sum, share) => sum + share, 0) / leading.length;
    expect(mean).toBeGreaterThan(0.74);
    expect(mean).toBeLessThan(0.79);
  });

  it('is another one under another key', () => {
    const other = createDecoys(Buffer.alloc(32, 2));
    const decoys = createDecoys(KEY);
    for (const name of NAMES) expect(other.for(name).passwordHash).not.toBe(decoys.for(name).passwordHash);
  });
});
