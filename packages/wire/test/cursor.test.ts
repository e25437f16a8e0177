import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { CursorText, decodeCursor, encodeCursor } from '../src/cursor.ts';

const fits = Compile(CursorText);

describe('a cursor', () => {
  it('is read as it was written', () => {
    const offset = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(offset, offset, (keys, messages) => {
        const text = encodeCursor({ keys, messages });
        expect(fits.Check(text)).toBe(true);
        expect(decodeCursor(text)).toEqual({ keys, messages });
      }),
    );
  });

  it.each([
    '',
    '0',
    '.',
    '0.',
    '.0',
    '00.0',
    '0.01',
    'A.0',
    '-1.0',
    '0.0.0',
    ' 0.0',
    '0.0\n',
    '1e3.0 ',
    'zzzzzzzzzzz.0',
  ])('is not %j', (text) => expect(decodeCursor(text)).toBeNull());
});
