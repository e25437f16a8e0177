import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeBody,
  encodeBody,
  type KnownBody,
  LISTING_MAX,
  type Listing,
  type Receipt,
  type Referring,
  SECONDS_MAX,
  type Text,
  type Timer,
} from '../../src/e2ee/body.ts';
import { decodeList, encodeList, u32, u64 } from '../../src/e2ee/byte-list.ts';
import { pad } from '../../src/e2ee/padding.ts';
import { NUMBER_MAX, RANGES_MAX, type Ranges } from '../../src/e2ee/ranges.ts';

const SERIES = 'aZ09_-AAAAA';

const TEXT: Text = {
  kind: 'text',
  id: 'a-1_B',
  sentAt: 1_764_000_000_000,
  text: 'Grüße\n👋🏽',
  seconds: 0,
  series: SERIES,
  number: 1,
  earlier: [],
};
const TIMER: Timer = {
  kind: 'timer',
  id: 't',
  sentAt: 7,
  earlier: [],
  seconds: 0,
  series: SERIES,
  number: 2,
};
const EDIT: Referring = {
  kind: 'edit',
  id: 'e',
  sentAt: 8,
  earlier: [],
  seconds: 0,
  series: SERIES,
  number: 9,
  lead: 'Edited: ',
  text: 'über',
  whose: 'sender',
  target: 'a-1_B',
};
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `id-${index}`);
const holes = (count: number): Ranges =>
  Array.from({ length: count }, (_, index) => [2 * index + 1, 2 * index + 1]);
const textContent = (text: Uint8Array | string) => encodeList([u32(0), SERIES, u32(1), text]);
const lost = (of: readonly string[]): Listing => ({ kind: 'lost', id: 'l', sentAt: 0, earlier: [], of });
const receipt = (kind: Receipt['kind'], ranges: Ranges): Receipt => ({
  kind,
  id: 'r',
  sentAt: 0,
  earlier: [],
  series: SERIES,
  ranges,
});

const bodyOf = (kind: string, content: Uint8Array | string) => encodeList([kind, 'a', u64(5), '', content]);
/** An answer that is sound, but for these parts. */
const refersTo = (part: {
  kind?: string;
  text?: string;
  lead?: Uint8Array | string;
  whose?: string;
  target?: string;
}) => {
  const { kind = 'reply', text = '> x\ny', lead = u32(4), whose = 'sender', target = 'x' } = part;
  return bodyOf(kind, encodeList([u32(0), SERIES, u32(1), text, lead, whose, target]));
};
const tooMany = holes(RANGES_MAX + 1)
  .map(([first, last]) => `${first}-${last}`)
  .join(' ');

describe('a body', () => {
  it.each<KnownBody>([
    TEXT,
    { ...TEXT, text: '' },
    { ...TEXT, seconds: SECONDS_MAX },
    { ...TEXT, number: NUMBER_MAX },
    TIMER,
    { ...TIMER, earlier: ids(LISTING_MAX), seconds: 3_600 },
    { ...lost(['one', 'two']), earlier: ['x'] },
    lost(ids(LISTING_MAX)),
    EDIT,
    { ...EDIT, kind: 'reply', lead: '> Grüße\n', text: '', whose: 'recipient' },
    { ...EDIT, kind: 'delete', lead: 'Deleted a message.', text: '' },
    { ...EDIT, kind: 'reaction', lead: '', text: '👩‍🚀', whose: 'recipient', seconds: 60 },
    receipt('delivered', [[1, 7]]),
    receipt('delivered', []),
    receipt('read', holes(RANGES_MAX)),
    receipt('missing', [[NUMBER_MAX, NUMBER_MAX]]),
    receipt('gone', [[2, 3]]),
  ])('comes back as it was: $kind', (body) => {
    expect(decodeBody(encodeBody(body))).toEqual(body);
  });

  it('is not written with what it cannot hold', () => {
    for (const id of ['', 'a b', 'a'.repeat(65), 'ä']) {
      expect(() => encodeBody({ ...TEXT, id })).toThrow('not a message id');
      expect(() => encodeBody(lost([id]))).toThrow('not a message id');
    }
    for (const count of [0, LISTING_MAX + 1]) expect(() => encodeBody(lost(ids(count)))).toThrow('1 to 100');
    expect(() => encodeBody({ ...TEXT, earlier: ids(LISTING_MAX + 1) })).toThrow('times before');
    expect(() => encodeBody({ ...TEXT, earlier: ['a b'] })).toThrow('not a message id');
    expect(() => encodeBody({ ...TEXT, seconds: SECONDS_MAX + 1 })).toThrow('not a timer');
    expect(() => encodeBody({ ...TIMER, seconds: -1 })).toThrow(RangeError);
    for (const number of [0, 1.5, NUMBER_MAX + 1])
      expect(() => encodeBody({ ...TEXT, number })).toThrow('not a message number');
    for (const series of ['', 'a'.repeat(10), 'a'.repeat(12), '+'.repeat(11)])
      for (const body of [TEXT, TIMER, receipt('read', [])])
        expect(() => encodeBody({ ...body, series })).toThrow('not a series');
    expect(() => encodeBody(receipt('read', holes(RANGES_MAX + 1)))).toThrow('at most 64 ranges');
    expect(() => encodeBody(receipt('missing', []))).toThrow('nothing is missing');
    expect(() => encodeBody(receipt('gone', []))).toThrow('nothing is gone');
    expect(() => encodeBody({ ...EDIT, target: 'a b' })).toThrow('not a message id');
    for (const kind of ['edit', 'delete'] as const)
      expect(() => encodeBody({ ...EDIT, kind, whose: 'recipient' })).toThrow('not a message of its sender');
  });

  it('of a later version is known to have come', () => {
    const bytes = encodeList(['poll', 'x', u64(5), '', Buffer.of(0xff)]);
    expect(decodeBody(bytes)).toEqual({ kind: 'unknown', id: 'x', sentAt: 5, earlier: [], readable: null });
  });

  it('of a later version is read as far as it begins like a text', () => {
    const content = encodeList([u32(60), SERIES, u32(7), 'Do you come? Yes or no', 'yes', 'no']);
    const readable = { seconds: 60, series: SERIES, number: 7, text: 'Do you come? Yes or no' };
    expect(decodeBody(bodyOf('poll', content))).toMatchObject({ kind: 'unknown', readable });
  });

  it('that refers to another one can be read by who does not know its kind', () => {
    const { content } = decodeList(encodeBody(EDIT), ['kind', 'id', 'sentAt', 'earlier', 'content']) ?? {};
    const readable = { seconds: 0, series: SERIES, number: 9, text: 'Edited: über' };
    expect(decodeBody(bodyOf('poll', content ?? Buffer.of()))).toMatchObject({ kind: 'unknown', readable });
  });

  it.each([
    ['an id that is none', encodeList(['text', 'a b', u64(5), '', textContent('')])],
    ['a time that is none', encodeList(['text', 'a', Buffer.alloc(7), '', textContent('')])],
    ['no UTF-8', bodyOf('text', textContent(Buffer.of(0xff)))],
    ['a text without seconds', bodyOf('text', 'hello')],
    ['a text without a number', bodyOf('text', encodeList([u32(0), SERIES, '', 'hello']))],
    ['the number 0', bodyOf('text', encodeList([u32(0), SERIES, u32(0), 'hello']))],
    ['a series that is none', bodyOf('text', encodeList([u32(0), 'short', u32(1), 'hello']))],
    ['a timer beyond four weeks', bodyOf('timer', encodeList([u32(SECONDS_MAX + 1), SERIES, u32(1)]))],
    ['a timer that is none', bodyOf('timer', '')],
    ['a timer without a number', bodyOf('timer', u32(60))],
    ['a receipt of no series', bodyOf('read', encodeList(['', '1-1']))],
    ['a receipt of other ranges', bodyOf('read', encodeList([SERIES, '1-1 2-2']))],
    ['a receipt of no UTF-8', bodyOf('read', encodeList([SERIES, Buffer.of(0xff)]))],
    ['a receipt of too much', bodyOf('delivered', encodeList([SERIES, tooMany]))],
    ['nothing that is missing', bodyOf('missing', encodeList([SERIES, '']))],
    ['nothing that is gone', bodyOf('gone', encodeList([SERIES, '']))],
    ['an edit of another one’s message', refersTo({ kind: 'edit', whose: 'recipient' })],
    ['a deletion of another one’s message', refersTo({ kind: 'delete', whose: 'recipient' })],
    ['an answer to nobody’s message', refersTo({ whose: 'me' })],
    ['an answer to an id that is none', refersTo({ target: 'a b' })],
    ['an answer that ends within its lead', refersTo({ lead: u32(100) })],
    ['an answer whose lead ends within a character', refersTo({ text: 'ü', lead: u32(1) })],
    ['an answer without a length of its lead', refersTo({ lead: '' })],
    ['a listing of nothing', bodyOf('lost', '')],
    ['a listing of too many', bodyOf('lost', ids(LISTING_MAX + 1).join(' '))],
    ['earlier records that are none', encodeList(['text', 'a', u64(5), 'x  y', textContent('')])],
    ['a part too many', encodeList(['text', 'a', u64(5), '', '', ''])],
  ])('is refused with %s', (_, bytes) => {
    expect(decodeBody(bytes)).toBeNull();
  });

  it('with the most and longest ranges is padded to 4 KiB', () => {
    const ranges = holes(RANGES_MAX).map(([first]): [number, number] => [1e9 + 2 * first, 1e9 + 2 * first]);
    expect(pad(encodeBody(receipt('missing', ranges)))).toHaveLength(4_096);
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
