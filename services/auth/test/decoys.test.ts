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

  it('is another one under another key', () => {
    const other = createDecoys(Buffer.alloc(32, 2));
    const decoys = createDecoys(KEY);
    for (const name of NAMES) expect(other.for(name).passwordHash).not.toBe(decoys.for(name).passwordHash);
  });
});
