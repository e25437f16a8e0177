import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type KeyEvent, key } from '../src/terminal/key-events.ts';
import { createKeyDecoder } from '../src/terminal/keys.ts';

const decode = (...chunks: readonly (string | Uint8Array)[]): unknown[] => {
  const events: unknown[] = [];
  const decoder = createKeyDecoder(
    (event) => events.push(event),
    () => () => {},
  );
  for (const chunk of chunks) decoder.push(Buffer.from(chunk));
  decoder.flush();
  return events;
};

const text = (characters: string): KeyEvent[] =>
  Array.from(characters, (character) => ({ kind: 'text', text: character }));
const shift = { shift: true };
const ctrl = { ctrl: true };
const alt = { alt: true };

/** The keys of ours, in the order of the columns below. */
const KEYS: readonly (readonly [name: string, event: KeyEvent])[] = [
  ['up', key('up')],
  ['down', key('down')],
  ['right', key('right')],
  ['left', key('left')],
  ['home', key('home')],
  ['end', key('end')],
  ['page up', key('page-up')],
  ['page down', key('page-down')],
  ['delete', key('delete')],
  ['F1', key('f1')],
  ['shift-tab', key('tab', shift)],
  ['shift-up', key('up', shift)],
  ['shift-down', key('down', shift)],
  ['ctrl-left', key('left', ctrl)],
  ['ctrl-right', key('right', ctrl)],
  ['alt-left', key('left', alt)],
  ['alt-up', key('up', alt)],
  ['ctrl-down', key('down', ctrl)],
];

/**
 * What each terminal sends for them in its normal mode, without the ESC; `-` where it has none of its own. Sources: xterm
 * (ctlseqs, "PC-Style Function Keys"), Windows Terminal and VTE (as xterm), kitty ("Legacy functional keys"), tmux (tty-keys.c and
 * input-keys.c: TERM=tmux-256color), screen (terminfo `screen`), the linux console (defkeymap, console_codes(4)), rxvt (terminfo
 * `rxvt-unicode`).
 */
const NONE = '-';
const XTERM = '[A [B [C [D [H [F [5~ [6~ [3~ OP [Z [1;2A [1;2B [1;5D [1;5C [1;3D [1;3A [1;5B';
const TERMINALS: Record<string, string> = {
  xterm: XTERM,
  'xterm, application cursor keys':
    'OA OB OC OD OH OF [5~ [6~ [3~ OP [Z [1;2A [1;2B [1;5D [1;5C [1;3D [1;3A [1;5B',
  kitty: XTERM,
  'kitty, told apart (CSI > 1 u)':
    '[A [B [C [D [H [F [5~ [6~ [3~ [P [9;2u [1;2A [1;2B [1;5D [1;5C [1;3D [1;3A [1;5B',
  'kitty, num lock, told what happened (CSI > 3 u)':
    '[1;129A [1;129B [1;129C [1;129D [1;129H [1;129F [5;129~ [6;129~ [3;129:1~ [1;129P [9;130u [1;130A [1;130:2B [1;133D [1;133C [1;131D [1;131A [1;133B',
  'Windows Terminal': XTERM,
  tmux: '[A [B [C [D [1~ [4~ [5~ [6~ [3~ OP [Z [1;2A [1;2B [1;5D [1;5C [1;3D [1;3A [1;5B',
  screen: 'OA OB OC OD [1~ [4~ [5~ [6~ [3~ OP [Z [1;2A [1;2B [1;5D [1;5C [1;3D [1;3A [1;5B',
  'the linux console': '[A [B [C [D [1~ [4~ [5~ [6~ [3~ [[A - - - - - \x1b[D \x1b[A -',
  rxvt: '[A [B [C [D [7~ [8~ [5~ [6~ [3~ [11~ [Z [a [b Od Oc \x1b[D \x1b[A Ob',
};

describe.each(Object.entries(TERMINALS))('%s', (_terminal, sequences) => {
  const sent = sequences.split(' ');
  it('sends a sequence, or none, for each key', () => expect(sent).toHaveLength(KEYS.length));
  it.each(
    KEYS.flatMap(([name, event], index) =>
      sent[index] === NONE ? [] : [[name, event, `\x1b${sent[index]}`] as const],
    ),
  )('%s', (_name, event, sequence) => expect(decode(sequence)).toEqual([event]));
});

describe('keys by the number of their character', () => {
  it.each<[string, string, readonly KeyEvent[]]>([
    ['kitty: Escape', '\x1b[27u', [key('escape')]],
    ['kitty: shift-enter', '\x1b[13;2u', [key('enter', shift)]],
    ['kitty: alt-enter', '\x1b[13;3u', [key('enter', alt)]],
    ['kitty: ctrl-k', '\x1b[107;5u', [key('k', ctrl)]],
    ['kitty: ctrl-shift-k, with both characters', '\x1b[107:75;6u', [key('k', { ctrl: true, shift: true })]],
    ['kitty: ctrl-c on a Cyrillic layout, by its character', '\x1b[1089::99;5u', [key('с', ctrl)]],
    ['kitty: a, pressed', '\x1b[97;1:1u', text('a')],
    ['kitty: a, held', '\x1b[97;1:2u', text('a')],
    ['kitty: a, let go', '\x1b[97;1:3u', []],
    ['kitty: A', '\x1b[97;2u', text('A')],
    ['kitty: !, by the character with shift', '\x1b[49:33;2u', text('!')],
    ['kitty: !, by the text', '\x1b[49;2;33u', text('!')],
    ['kitty: å, by the text alone', '\x1b[0;;229u', text('å')],
    ['kitty: 5 of the number pad', '\x1b[57404u', text('5')],
    ['kitty: page up of the number pad', '\x1b[57421u', [key('page-up')]],
    ['kitty: Enter of the number pad', '\x1b[57414;129u', [key('enter')]],
    ['kitty: a shift key alone', '\x1b[57441;2u', []],
    ['kitty: F1 let go', '\x1b[1;1:3P', []],
    ['xterm, modifyOtherKeys: ctrl-enter', '\x1b[27;5;13~', [key('enter', ctrl)]],
    ['xterm, modifyOtherKeys: A', '\x1b[27;2;65~', text('A')],
    ['tmux, extended-keys: ctrl-tab', '\x1b[9;5u', [key('tab', ctrl)]],
    ['old xterm: ctrl-F1', '\x1bO5P', [key('f1', ctrl)]],
    ['old GNOME terminal: ctrl-F1', '\x1bO1;5P', [key('f1', ctrl)]],
    ['Windows Terminal, win32-input-mode, which nobody has asked for', '\x1b[65;30;97;1;0;1_', []],
  ])('%s', (_name, sequence, events) => {
    expect(decode(`${sequence}.`)).toEqual([...events, ...text('.')]);
  });
});

const characters = (from: number, to: number) =>
  fc.integer({ min: from, max: to }).map((code) => String.fromCharCode(code));
const TAIL = 'and on';

/** ECMA-48: parameters, intermediates, a final. What begins a longer thing, or is text by its number, has tests of its own. */
const controlSequence = fc
  .tuple(
    fc.array(characters(0x30, 0x3f), { maxLength: 12 }),
    fc.array(characters(0x20, 0x2f), { maxLength: 2 }),
    characters(0x40, 0x7e),
  )
  .map(([parameters, between, final]) => `${parameters.join('')}${between.join('')}${final}`)
  .filter((body) => !/^(\[|M|200~|\d+\$.)|u$|~$/.test(body))
  .map((body) => `\x1b[${body}`);
const ss3 = fc
  .tuple(fc.array(fc.constantFrom('1', ';', '5'), { maxLength: 4 }), characters(0x40, 0x7e))
  .map(([body, final]) => `\x1bO${body.join('')}${final}`);
const answer = fc
  .tuple(
    fc.constantFrom(']', 'P', 'X', '^', '_'),
    fc.array(fc.oneof(characters(0x20, 0x7e), characters(0x00, 0x06), fc.constant('日')), { maxLength: 60 }),
    fc.constantFrom('\x1b\\', '\x07', '\u009c'),
  )
  .map(([introducer, body, end]) => `\x1b${introducer}${body.join('')}${end}`);

describe('whatever comes', () => {
  it('an unknown sequence is swallowed, and the text behind it is kept', () => {
    fc.assert(
      fc.property(fc.oneof(controlSequence, ss3, answer), (sequence) => {
        const events = decode(`${sequence}${TAIL}`);
        expect(events.slice(-TAIL.length)).toEqual(text(TAIL));
        // At most the one key that it is.
        expect(events.length).toBeLessThanOrEqual(TAIL.length + 1);
        for (const event of events.slice(0, -TAIL.length)) expect(event).not.toMatchObject({ kind: 'text' });
      }),
      { numRuns: 2_000 },
    );
  });

  it('any bytes in any split give the same keys', () => {
    const bytes = fc
      .array(
        fc.oneof(
          fc.uint8Array({ maxLength: 4 }),
          fc
            .oneof(
              controlSequence,
              ss3,
              answer,
              fc.constantFrom(
                '\x1b',
                '\x1b[',
                '\x1b[200~',
                '\x1b[201~',
                '\r\n',
                '日本',
                '👩🏽‍💻',
                '\x1b[[',
                '\x1b[97;5u',
              ),
            )
            .map((sequence) => Uint8Array.from(Buffer.from(sequence))),
        ),
        { maxLength: 12 },
      )
      .map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(200), { maxLength: 8 }), (whole, cuts) => {
        const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const parts = places.slice(1).map((to, index) => whole.subarray(places[index], to));
        expect(decode(...parts)).toEqual(decode(whole));
      }),
      { numRuns: 1_000 },
    );
  });
});
