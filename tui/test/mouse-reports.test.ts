import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyDecoder, type TerminalEvent } from '../src/terminal/keys.ts';

const decode = (bytes: string): TerminalEvent[] => {
  const events: TerminalEvent[] = [];
  const decoder = createKeyDecoder(
    (event) => events.push(event),
    () => () => {},
  );
  for (const byte of Buffer.from(bytes)) decoder.push(Uint8Array.of(byte));
  decoder.flush();
  return events;
};

const NONE = { ctrl: false, alt: false, shift: false };

describe('a report of the mouse', () => {
  it.each([
    ['a press', '\x1b[<0;10;3M', { action: 'press', button: 'left', x: 9, y: 2, ...NONE }],
    ['a release', '\x1b[<0;10;3m', { action: 'release', button: 'left', x: 9, y: 2, ...NONE }],
    ['the middle button', '\x1b[<1;1;1M', { action: 'press', button: 'middle', x: 0, y: 0, ...NONE }],
    ['the right button', '\x1b[<2;1;1M', { action: 'press', button: 'right', x: 0, y: 0, ...NONE }],
    ['a move with a button held', '\x1b[<32;5;6M', { action: 'drag', button: 'left', x: 4, y: 5, ...NONE }],
    ['the wheel up', '\x1b[<64;5;6M', { action: 'wheel-up', button: 'none', x: 4, y: 5, ...NONE }],
    ['the wheel down', '\x1b[<65;5;6M', { action: 'wheel-down', button: 'none', x: 4, y: 5, ...NONE }],
    [
      'a press with Shift, Alt and Ctrl',
      '\x1b[<28;1;1M',
      { action: 'press', button: 'left', x: 0, y: 0, ctrl: true, alt: true, shift: true },
    ],
  ])('tells of %s', (_name, bytes, event) => {
    expect(decode(bytes)).toEqual([{ kind: 'mouse', ...event }]);
  });

  it('is of the cell that it names, or nothing at all, and never text', () => {
    const number = fc.oneof(fc.nat(300), fc.nat(99_999), fc.constantFrom('', '-1', '1?3', '000000'));
    fc.assert(
      fc.property(number, number, number, fc.constantFrom('M', 'm'), (bits, x, y, final) => {
        const [event, ...more] = decode(`\x1b[<${bits};${x};${y}${final}`);
        expect(more).toEqual([]);
        if (event) expect(event).toMatchObject({ kind: 'mouse', x: Number(x) - 1, y: Number(y) - 1 });
      }),
    );
  });
});

describe('a report of the window', () => {
  it('says that it is left, and that it is in front again', () => {
    expect(decode('\x1b[O\x1b[I')).toEqual([
      { kind: 'focus', focused: false },
      { kind: 'focus', focused: true },
    ]);
  });
});
