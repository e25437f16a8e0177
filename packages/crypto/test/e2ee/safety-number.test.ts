import { describe, expect, it } from 'vitest';
import { numericFingerprint, type SafetySide, safetyNumber } from '../../src/e2ee/safety-number.ts';

const alice: SafetySide = {
  username: 'alice',
  identityKey: Buffer.alloc(32, 1),
  encryptionKey: Buffer.alloc(422, 2),
};
const bob: SafetySide = {
  username: 'bob',
  identityKey: Buffer.alloc(32, 3),
  encryptionKey: Buffer.alloc(422, 4),
};

describe('a safety number (check 2)', () => {
  it("reproduces Signal's published vector by its construction", () => {
    const side = (key: string, owner: string): string =>
      numericFingerprint({
        version: Buffer.of(0, 0),
        key: Buffer.from(key, 'hex'),
        owner: Buffer.from(owner),
      });
    const sides = [
      side('0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868', '+14152222222'),
      side('05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b', '+14153333333'),
    ];
    const published = '300354477692869396892869876765458257569162576843440918079131';
    expect(sides.sort().join('')).toBe(published);
  });

  it('is 60 digits, the same from both sides', () => {
    expect(safetyNumber(alice, bob)).toMatch(/^\d{60}$/);
    expect(safetyNumber(bob, alice)).toBe(safetyNumber(alice, bob));
  });

  it.each([
    ['name', { username: 'alicf' }],
    ['identity key', { identityKey: Buffer.alloc(32, 9) }],
    ['encryption key', { encryptionKey: Buffer.alloc(422, 9) }],
  ])('is another with another %s', (_, changed) => {
    expect(safetyNumber({ ...alice, ...changed }, bob)).not.toBe(safetyNumber(alice, bob));
  });
});
