import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MARKS_MAX, sanitise } from '../src/sanitise.ts';

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.integer({ min: 0, max: 0x9f }).map((code) => String.fromCharCode(code)),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => String.fromCharCode(code)),
      fc.constantFrom(
        '\x1b[31m',
        '\x1b]52;c;aGk=\x07',
        '\x9b2J',
        '\u202E',
        '\u2066',
        '\u200B',
        '\u200C',
        '\u200D',
        '\uFEFF',
        '\uFE0F',
        '\u0301',
        '\u2028',
        '\u3164',
        '👩',
        '💻',
        'ب',
        '\r\n',
      ),
    ),
  )
  .map((parts) => parts.join(''));

describe('sanitise', () => {
  it('leaves no control, format or line separator, whatever comes in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const line = sanitise(text);
        // ZWJ and ZWNJ have their own tests; tags stay in flags alone.
        expect(line.replace(/[\u200C\u200D]|[\u{E0020}-\u{E007F}]/gu, '')).not.toMatch(
          /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u,
        );
        expect(line).not.toMatch(/\p{Surrogate}/u);
        expect(sanitise(text, { multiline: true })).not.toMatch(/[^\n\P{Cc}]/u);
      }),
      { numRuns: 500 },
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(hostile, fc.boolean(), (text, multiline) => {
        const once = sanitise(text, { multiline });
        expect(sanitise(once, { multiline })).toBe(once);
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    'plain text, ~!@#',
    'café, naïve, Ελληνικά, русский, 日本語, 한국어',
    '👍🏽 👩‍💻 👩🏽‍❤️‍💋‍👨🏻 🏳️‍🌈 🇩🇪 ❤️ 1️⃣ 🏴󠁧󠁢󠁳󠁣󠁴󠁿',
    'می\u200Cخواهم',
    'שָׁלוֹם',
  ])('leaves %s as it is', (text) => expect(sanitise(text)).toBe(text));

  it.each([
    ['a whole colour sequence', 'a\x1b[31mb\x1b[0m', 'ab'],
    ['the same with an 8-bit introducer', 'a\x9b31mb', 'ab'],
    ['a clipboard write (OSC 52)', 'a\x1b]52;c;aGk=\x07b', 'ab'],
    ['a title ended by ESC \\', 'a\x1b]0;title\x1b\\b', 'ab'],
    ['an unfinished sequence, without eating the rest', 'a\x1b]0;rest', 'a]0;rest'],
    ['bidi controls', 'a\u202Eb\u2066c\u200F\u061Cd', 'abcd'],
    ['zero-width characters', 'a\u200Bb\uFEFFc\u2060d\u00ADe', 'abcde'],
    ['joiners outside emoji', 'a\u200Db\u200C \u200Cc', 'ab c'],
    ['invisible letters (Hangul fillers)', 'a\u3164\uFFA0b', 'ab'],
    ['tags that carry hidden text', 'a\u{E0068}\u{E0069}b', 'ab'],
    ['a lone surrogate', 'a\uD83Db', 'a\uFFFDb'],
    ['a tab', 'a\tb', 'a    b'],
    ['line ends, in one line', 'a\r\nb\u2028c\x85d', 'a b c d'],
    ['a mark without a base', '\u0301a', '\u25CC\u0301a'],
  ])('takes away or replaces %s', (_what, text, expected) => expect(sanitise(text)).toBe(expected));

  it('keeps line breaks of every kind as \\n where several lines may stand', () => {
    expect(sanitise('a\r\nb\rc\u2029d\x85e', { multiline: true })).toBe('a\nb\nc\nd\ne');
  });

  it(`keeps ${MARKS_MAX} combining marks of a stack`, () => {
    expect(sanitise(`a${'\u0301'.repeat(5000)}b`)).toBe(`a${'\u0301'.repeat(MARKS_MAX)}b`);
  });

  it('takes time in proportion to the text', () => {
    const started = performance.now();
    for (const unit of ['\x1b[', '\x9d', '\u200C', '\u0301', 'a\u0301\u200C', '👩\u200D', '\x1b]x'])
      sanitise(unit.repeat(30_000));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
