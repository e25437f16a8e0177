import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBody,
  encodeBody,
  type KnownBody,
  LISTING_MAX,
  SECONDS_MAX,
  type Text,
} from '../../src/e2ee/body.ts';
import { encodeList, u32, u64 } from '../../src/e2ee/byte-list.ts';

const TEXT: Text = {
  kind: 'text',
  id: 'a-1_B',
  sentAt: 1_764_000_000_000,
  text: 'Grüße\n👋🏽',
  seconds: 0,
  earlier: [],
};
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `id-${index}`);
const textContent = (text: Uint8Array | string) => encodeList([u32(0), text]);
const receipt = (of: readonly string[]) => ({ kind: 'read', id: 'r', sentAt: 0, earlier: [], of }) as const;

describe('a body', () => {
  it.each<KnownBody>([
    TEXT,
    { ...TEXT, text: '' },
    { ...TEXT, seconds: SECONDS_MAX },
    { kind: 'timer', id: 't', sentAt: 7, earlier: ids(LISTING_MAX), seconds: 3_600 },
    { kind: 'lost', id: 'l', sentAt: 7, earlier: ['x'], of: ['one', 'two'] },
    { kind: 'delivered', id: 'r', sentAt: 0, earlier: [], of: ['one'] },
    receipt(ids(LISTING_MAX)),
  ])('comes back as it was: $kind', (body) => {
    expect(decodeBody(encodeBody(body))).toEqual(body);
  });

  it('is not written with what it cannot hold', () => {
    for (const id of ['', 'a b', 'a'.repeat(65), 'ä']) {
      expect(() => encodeBody({ ...TEXT, id })).toThrow('not a message id');
      expect(() => encodeBody(receipt([id]))).toThrow('not a message id');
    }
    for (const count of [0, LISTING_MAX + 1])
      expect(() => encodeBody(receipt(ids(count)))).toThrow('1 to 100');
    expect(() => encodeBody({ ...TEXT, earlier: ids(LISTING_MAX + 1) })).toThrow('times before');
    expect(() => encodeBody({ ...TEXT, earlier: ['a b'] })).toThrow('not a message id');
    expect(() => encodeBody({ ...TEXT, seconds: SECONDS_MAX + 1 })).toThrow('not a timer');
    expect(() => encodeBody({ kind: 'timer', id: 't', sentAt: 0, earlier: [], seconds: -1 })).toThrow(
      RangeError,
    );
  });

  it('of a later version is known to have come', () => {
    const bytes = encodeList(['reaction', 'x', u64(5), '', Buffer.of(0xff)]);
    expect(decodeBody(bytes)).toEqual({ kind: 'unknown', id: 'x', sentAt: 5, earlier: [] });
  });

  it.each([
    ['an id that is none', encodeList(['text', 'a b', u64(5), '', textContent('')])],
    ['a time that is none', encodeList(['text', 'a', Buffer.alloc(7), '', textContent('')])],
    ['no UTF-8', encodeList(['text', 'a', u64(5), '', textContent(Buffer.of(0xff))])],
    ['a text without seconds', encodeList(['text', 'a', u64(5), '', 'hello'])],
    ['a timer beyond four weeks', encodeList(['timer', 'a', u64(5), '', u32(SECONDS_MAX + 1)])],
    ['a timer that is none', encodeList(['timer', 'a', u64(5), '', ''])],
    ['a receipt of nothing', encodeList(['read', 'a', u64(5), '', ''])],
    ['a receipt of too many', encodeList(['read', 'a', u64(5), '', ids(LISTING_MAX + 1).join(' ')])],
    ['earlier records that are none', encodeList(['text', 'a', u64(5), 'x  y', textContent('')])],
    ['a part too many', encodeList(['text', 'a', u64(5), '', '', ''])],
  ])('is refused with %s', (_, bytes) => {
    expect(decodeBody(bytes)).toBeNull();
  });

  it('is whatever decodes, and neither throws nor hangs on the rest', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const body = decodeBody(bytes);
        if (body && body.kind !== 'unknown') expect(encodeBody(body)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: 25_000 },
    );
  });
});
