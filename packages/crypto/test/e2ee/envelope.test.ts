import { generateKeyPairSync, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromEnvelope, isEnvelope, toEnvelope } from '../../src/e2ee/envelope.ts';
import { decryptMessage, encryptMessage, unwrapKey } from '../../src/e2ee/legacy-v1.ts';

describe('an envelope', () => {
  it('holds bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromEnvelope(toEnvelope(bytes))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('has one form', () => {
    const sound = toEnvelope(Buffer.from('four'));
    expect(sound).toBe('v2.Zm91cg==');
    for (const text of [
      'Zm91cg==',
      'v2.Zm91cg',
      'v2.Zm91ch==',
      'v2.Zm91cg==\n',
      'V2.Zm91cg==',
      'v2. Zm91cg==',
      'v2.%',
    ])
      expect(fromEnvelope(text)).toBeNull();
  });

  it('is malformed to v1, and nothing of v1 is one', () => {
    const key = randomBytes(32);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const envelope = toEnvelope(Buffer.from(encryptMessage(key, 'text'), 'base64'));
    expect(decryptMessage(key, envelope)).toBeNull();
    expect(unwrapKey(privateKey, envelope)).toBeNull();
    expect(isEnvelope(encryptMessage(key, 'text'))).toBe(false);
  });
});
