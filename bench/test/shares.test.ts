import { pbkdf2Sync } from 'node:crypto';
import { toEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { expect, it } from 'vitest';
import { sharesOf } from '../src/e2ee/shares.ts';

const busy = (): void => void pbkdf2Sync('password', 'salt', 100_000, 32, 'sha256');
/** Bytes whose base64 takes some tens of milliseconds. */
const LARGE = Buffer.alloc(2 ** 26);

it('add up to the whole, the largest first', async () => {
  const shares = await sharesOf(() => {
    busy();
    toEnvelope(LARGE);
  });
  const values = shares.map(({ share }) => share);
  expect(values.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 1);
  expect(values).toEqual([...values].sort((a, b) => b - a));
});

it('count a native call for the file that makes it', async () => {
  const shares = await sharesOf(() => void toEnvelope(LARGE));
  expect(shares.find(({ part }) => part === 'decryption, padding, body')?.share).toBeGreaterThan(0.5);
  const [other] = await sharesOf(busy);
  expect(other?.part).toBe('anything else');
});
