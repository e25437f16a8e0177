import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeList, encodeList, readText, readU32, readU64, u32, u64 } from '../../src/e2ee/byte-list.ts';

describe('a list of byte strings', () => {
  it('is each part after its length', () => {
    expect(encodeList(['ab', Buffer.of(1), '']).toString('hex')).toBe(
      '00000002' + '6162' + '00000001' + '01' + '00000000',
    );
  });

  it('comes back as it was', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        const parts = decodeList(encodeList([a, b]), ['a', 'b']);
        expect(parts).toEqual({ a: Buffer.from(a), b: Buffer.from(b) });
      }),
    );
  });

  it('has just so many parts, and nothing after them', () => {
    const bytes = encodeList(['a', 'b']);
    expect(decodeList(bytes, ['a'])).toBeNull();
    expect(decodeList(bytes, ['a', 'b', 'c'])).toBeNull();
    expect(decodeList(Buffer.concat([bytes, Buffer.of(0)]), ['a', 'b'])).toBeNull();
    for (let length = 0; length < bytes.length; length++)
      expect(decodeList(bytes.subarray(0, length), ['a', 'b'])).toBeNull();
  });

  it('allots nothing for a length that is not there', () => {
    expect(decodeList(Buffer.from('ffffffff00', 'hex'), ['a'])).toBeNull();
  });

  it('has one spelling: what decodes is what its parts encode to', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const parts = decodeList(bytes, ['a', 'b']);
        if (parts) expect(encodeList([parts.a, parts.b])).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('numbers and texts', () => {
  it.each([0, 1, 2 ** 32 - 1])('hold %s in 4 bytes', (value) => {
    expect(readU32(u32(value))).toBe(value);
  });

  it.each([0, 2 ** 32, Number.MAX_SAFE_INTEGER])('hold %s in 8 bytes', (value) => {
    expect(readU64(u64(value))).toBe(value);
  });

  it.each([-1, 0.5, 2 ** 32])('refuse to write %s in 4 bytes', (value) => {
    expect(() => u32(value)).toThrow(RangeError);
  });

  it('are null in another length, and above what JavaScript holds exactly', () => {
    expect(readU32(u64(1))).toBeNull();
    expect(readU64(u32(1))).toBeNull();
    expect(readU64(Buffer.alloc(8, 0xff))).toBeNull();
  });

  it('are UTF-8, every byte of it', () => {
    expect(readText(Buffer.from('Grüße'))).toBe('Grüße');
    expect(readText(Buffer.from('\u{feff}a'))).toBe('\u{feff}a');
    expect(readText(Buffer.of(0xc3))).toBeNull();
  });
});
