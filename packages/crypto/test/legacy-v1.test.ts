import { constants, createHmac, createPrivateKey, createPublicKey, publicEncrypt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decryptMessage, encryptMessage, makeKey, unwrapKey, wrapKey } from '../src/e2ee/legacy-v1.ts';
import { generateRsaKeyPair } from '../src/rsa.ts';
import { VECTORS } from './vectors.ts';

const own = createPrivateKey(VECTORS.privateKey);
const ownPublic = createPublicKey(own);
const { key, text, message, wrapped } = VECTORS;

/** Any way in which base64 decoders let the same bytes be written differently. */
const otherSpellings = (base64: string): string[] => [
  `${base64}\n`,
  ` ${base64}`,
  `${base64.slice(0, 76)}\n${base64.slice(76)}`,
  base64.replaceAll('+', '-').replaceAll('/', '_'),
  base64.replace(/=+$/, ''),
  `${base64}=`,
  `${base64}AAAA`,
  `${base64.slice(0, 8)}!${base64.slice(8)}`,
];

function flipped(base64: string, bit: number): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes.toString('base64');
}

describe('a message of protocol v1', () => {
  it('opens when a v1 client in Python made it', () => {
    expect(decryptMessage(key, message)).toBe(text);
  });

  it('comes back, whatever its text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (some) => {
        expect(decryptMessage(key, encryptMessage(key, some))).toBe(some);
      }),
      { examples: [[''], ['a'.repeat(16)], ['\0'], ['x'.repeat(32_000)]] },
    );
  });

  it('is never the same twice', () => {
    expect(new Set(Array.from({ length: 100 }, () => encryptMessage(key, text))).size).toBe(100);
  });

  it('is refused when any one bit was flipped', () => {
    const bits = Buffer.from(message, 'base64').length * 8;
    const opened = Array.from({ length: bits }, (_, bit) => bit).filter(
      (bit) => decryptMessage(key, flipped(message, bit)) !== null,
    );
    expect(opened).toEqual([]);
  });

  it('is refused when any number of bytes is missing at the end or at the start', () => {
    const bytes = Buffer.from(message, 'base64');
    for (let count = 1; count <= bytes.length; count += 1) {
      expect(decryptMessage(key, bytes.subarray(0, -count).toString('base64'))).toBeNull();
      expect(decryptMessage(key, bytes.subarray(count).toString('base64'))).toBeNull();
    }
  });

  it.each(otherSpellings(message))('is refused in base64 that is not canonical: %j', (spelling) => {
    expect(decryptMessage(key, spelling)).toBeNull();
  });

  it('is refused under another key', () => {
    expect(decryptMessage(makeKey(), message)).toBeNull();
  });

  it('is refused when its MAC is right but its padding or its text is not', () => {
    const authentic = (sealed: Uint8Array): string =>
      Buffer.concat([sealed, createHmac('sha256', key).update(sealed).digest()]).toString('base64');
    const sealed = Buffer.from(message, 'base64').subarray(0, -32);
    // A changed last byte of the block before garbles the padding; the first block's IV garbles UTF-8.
    const badPadding = Buffer.from(sealed);
    badPadding.writeUInt8(badPadding.readUInt8(badPadding.length - 17) ^ 0xff, badPadding.length - 17);
    const badText = Buffer.from(sealed);
    badText.writeUInt8(badText.readUInt8(0) ^ 0x80, 0);
    expect(decryptMessage(key, authentic(sealed))).toBe(text);
    expect(decryptMessage(key, authentic(badPadding))).toBeNull();
    expect(decryptMessage(key, authentic(badText))).toBeNull();
    expect(decryptMessage(key, authentic(sealed.subarray(0, -1)))).toBeNull();
  });

  it('is null for any other text, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String()), (other) => {
        expect(decryptMessage(key, other)).toBeNull();
      }),
    );
  });
});

describe('a wrapped key of protocol v1', () => {
  it('opens when a v1 client in Python made it', () => {
    expect(unwrapKey(own, wrapped)).toEqual(key);
  });

  it('comes back, and is never the same twice', () => {
    const made = makeKey();
    expect(made).toHaveLength(32);
    expect(made).not.toEqual(makeKey());
    const wraps = [wrapKey(ownPublic, made), wrapKey(ownPublic, made)];
    expect(wraps.map((one) => unwrapKey(own, one))).toEqual([made, made]);
    expect(wraps[0]).not.toBe(wraps[1]);
  });

  it('is refused by another private key', async () => {
    const other = await generateRsaKeyPair(2048);
    expect(unwrapKey(other.privateKey, wrapped)).toBeNull();
  });

  it('is refused when it does not hold 32 bytes, or was wrapped with another hash', () => {
    const { RSA_PKCS1_OAEP_PADDING: padding } = constants;
    const sha256 = publicEncrypt({ key: ownPublic, padding, oaepHash: 'sha256' }, key).toString('base64');
    expect(unwrapKey(own, sha256)).toBeNull();
    for (const length of [0, 16, 31, 33, 64]) {
      expect(unwrapKey(own, wrapKey(ownPublic, Buffer.alloc(length)))).toBeNull();
    }
  });

  it('is refused when bits were flipped', () => {
    for (let bit = 0; bit < 2048; bit += 61) expect(unwrapKey(own, flipped(wrapped, bit))).toBeNull();
  });

  it.each(otherSpellings(wrapped))('is refused in base64 that is not canonical: %j', (spelling) => {
    expect(unwrapKey(own, spelling)).toBeNull();
  });
});
