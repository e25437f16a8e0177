import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyEvent, key } from '../src/terminal/key-events.ts';
import { createKeyDecoder, ESCAPE_MS, type TerminalEvent } from '../src/terminal/keys.ts';
import { PASTE_MAX } from '../src/terminal/paste.ts';

const neverFires = () => () => {};

const decode = (chunks: readonly (string | Uint8Array)[]): TerminalEvent[] => {
  const events: TerminalEvent[] = [];
  const decoder = createKeyDecoder((event) => events.push(event), neverFires);
  for (const chunk of chunks) decoder.push(Buffer.from(chunk));
  decoder.flush();
  return events;
};

const ctrl = { ctrl: true };
const alt = { alt: true };
const shift = { shift: true };

describe('key decoder', () => {
  it.each<[string, string, KeyEvent]>([
    ['up, normal mode', '\x1b[A', key('up')],
    ['up, application mode', '\x1bOA', key('up')],
    ['ctrl-up', '\x1b[1;5A', key('up', ctrl)],
    ['alt-down', '\x1b[1;3B', key('down', alt)],
    ['alt-up of rxvt', '\x1b\x1b[A', key('up', alt)],
    ['ctrl-right of rxvt', '\x1bOc', key('right', ctrl)],
    ['shift-left of rxvt', '\x1b[d', key('left', shift)],
    ['home, xterm', '\x1b[H', key('home')],
    ['home, linux and screen', '\x1b[1~', key('home')],
    ['home, rxvt', '\x1b[7~', key('home')],
    ['end, xterm', '\x1bOF', key('end')],
    ['end, screen', '\x1b[4~', key('end')],
    ['ctrl-home of rxvt', '\x1b[7^', key('home', ctrl)],
    ['shift-end of rxvt', '\x1b[8$', key('end', shift)],
    ['page up', '\x1b[5~', key('page-up')],
    ['shift page down', '\x1b[6;2~', key('page-down', shift)],
    ['delete', '\x1b[3~', key('delete')],
    ['F1 of xterm', '\x1bOP', key('f1')],
    ['F1 of the linux console', '\x1b[[A', key('f1')],
    ['F2 of rxvt', '\x1b[12~', key('f2')],
    ['F5', '\x1b[15~', key('f5')],
    ['ctrl-F3', '\x1b[1;5R', key('f3', ctrl)],
    ['shift-tab', '\x1b[Z', key('tab', shift)],
    ['enter', '\r', key('enter')],
    ['ctrl-j', '\n', key('j', ctrl)],
    ['alt-enter', '\x1b\r', key('enter', alt)],
    ['tab', '\t', key('tab')],
    ['backspace', '\x7f', key('backspace')],
    ['alt-backspace', '\x1b\x7f', key('backspace', alt)],
    ['ctrl-c', '\x03', key('c', ctrl)],
    ['ctrl-space', '\0', key('space', ctrl)],
    ['alt-b', '\x1bb', key('b', alt)],
    ['alt-shift-b', '\x1bB', key('b', { alt: true, shift: true })],
    ['alt-[', '\x1b[', key('[', alt)],
    ['alt-shift-o', '\x1bO', key('o', { alt: true, shift: true })],
    ['escape', '\x1b', key('escape')],
    ['ctrl-a as kitty sends it', '\x1b[97;5u', key('a', ctrl)],
    ['ctrl-enter as xterm sends it', '\x1b[27;5;13~', key('enter', ctrl)],
    ['a letter', 'x', { kind: 'text', text: 'x' }],
    ['an emoji', '👍', { kind: 'text', text: '👍' }],
  ])('knows %s', (_name, bytes, event) => {
    expect(decode([bytes])).toEqual([event]);
    expect(decode(Array.from(Buffer.from(bytes), (byte) => Uint8Array.of(byte)))).toEqual([event]);
  });

  it.each([
    ['a mouse report with a number too many', '\x1b[<0;10;10;1M'],
    ['a mouse report without a place', '\x1b[<0M'],
    ['a mouse report of no cell', '\x1b[<0;0;10M'],
    ['a mouse report of a button nobody has', '\x1b[<200;10;10M'],
    ['a wheel to the side', '\x1b[<66;10;10M'],
    ['a mouse report as old terminals send it', '\x1b[M !!'],
    ['an answer about a mode', '\x1b[?2026;1$y'],
    ['a colour answer', '\x1b]11;rgb:0000/0000/0000\x1b\\'],
    ['a title answer', '\x1b]lfoo\x07'],
    ['a sequence longer than any', `\x1b[${'1;'.repeat(500)}A`],
    ['a character number beyond Unicode', '\x1b[99999999999u'],
    ['a surrogate', '\x1b[55357u'],
    ['an 8-bit control', '\u009b'],
  ])('swallows %s and goes on', (_name, bytes) => {
    expect(decode([`${bytes}x`])).toEqual([{ kind: 'text', text: 'x' }]);
  });

  it('gives up an answer that does not end, after 4,096 characters', () => {
    expect(decode([`\x1b]${'1'.repeat(4096)}x`])).toEqual([{ kind: 'text', text: 'x' }]);
  });

  it('breaks off a sequence at the next escape', () => {
    expect(decode(['\x1b[1;\x1b[B'])).toEqual([key('down')]);
  });

  it('gives a paste as one event with its line ends as newlines, its escapes being text', () => {
    expect(decode(['\x1b[200~a\rb\r\nc\x1b[A\x1b[201~z'])).toEqual([
      { kind: 'paste', text: 'a\nb\nc\x1b[A', dropped: 0 },
      { kind: 'text', text: 'z' },
    ]);
  });

  it('keeps 64 KiB of a paste and counts what it drops', () => {
    expect(decode([`\x1b[200~${'a'.repeat(PASTE_MAX + 10)}\x1b[201~`])).toEqual([
      { kind: 'paste', text: 'a'.repeat(PASTE_MAX), dropped: 10 },
    ]);
  });

  it('gives the same events however the bytes are cut', () => {
    const piece = fc.constantFrom(
      'a',
      'é',
      '日',
      '👩🏽‍💻',
      '\x1b[A',
      '\x1b[1;5C',
      '\x1bOP',
      '\x1bb',
      '\x1b[[B',
      '\x1b[200~x\r\x1b[20y\x1b\x1b[201~',
      '\x1b]0;t\x1b\\',
      '\r',
      '\x7f',
      '\x1b\x1b[D',
      '\x1b[?1$y',
      '\x1b[3$',
    );
    fc.assert(
      fc.property(
        fc.array(piece),
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
        (pieces, sizes) => {
          const bytes = Buffer.from(pieces.join(''));
          const chunks: Buffer[] = [];
          for (let at = 0; at < bytes.length; ) {
            const size = sizes[chunks.length % sizes.length] ?? 1;
            chunks.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(decode(chunks)).toEqual(decode([bytes]));
        },
      ),
    );
  });

  it('never throws, whatever bytes come', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (chunks) => void decode(chunks)));
  });

  it('takes an escape for the Escape key when nothing follows in time, and only then', () => {
    const events: TerminalEvent[] = [];
    let fire = (): void => {};
    const waits: number[] = [];
    const decoder = createKeyDecoder(
      (event) => events.push(event),
      (run, ms) => {
        waits.push(ms);
        fire = run;
        return () => {
          fire = () => {};
        };
      },
    );
    decoder.push(Buffer.from('\x1b'));
    decoder.push(Buffer.from('[A'));
    fire();
    expect(events).toEqual([key('up')]);
    decoder.push(Buffer.from('\x1b'));
    fire();
    expect(events).toEqual([key('up'), key('escape')]);
    expect(waits).toEqual([ESCAPE_MS, ESCAPE_MS]);
  });
});
