export interface Modifiers {
  readonly ctrl: boolean;
  readonly alt: boolean;
  readonly shift: boolean;
}

/** What the keyboard said. A `text` is one code point; a `paste` is whole, with line ends as `\n`. */
export type KeyEvent =
  | ({
      readonly kind: 'key';
      /** `up`, `page-up`, `f2`, ... or, with ctrl or alt, the character in lower case. */
      readonly name: string;
    } & Modifiers)
  | { readonly kind: 'text'; readonly text: string }
  /** `dropped`: how many UTF-16 units were beyond the limit. */
  | { readonly kind: 'paste'; readonly text: string; readonly dropped: number };

/** The window has come to the front, or is left: said where the terminal was asked to (mode 1004). */
export interface FocusEvent {
  readonly kind: 'focus';
  readonly focused: boolean;
}

const NONE: Modifiers = { ctrl: false, alt: false, shift: false };

export const key = (name: string, modifiers: Partial<Modifiers> = {}): KeyEvent => ({
  kind: 'key',
  name,
  ...NONE,
  ...modifiers,
});

/** Alt and a character as what a terminal sends alike: Escape, then the character at once. Null for any other event. */
export const escapeAnd = (event: KeyEvent): readonly [KeyEvent, KeyEvent] | null => {
  if (event.kind !== 'key' || !event.alt || event.ctrl) return null;
  const character = event.name === 'space' ? ' ' : event.name;
  if (Array.from(character).length !== 1) return null;
  return [key('escape'), { kind: 'text', text: event.shift ? character.toUpperCase() : character }];
};

/** xterm's modifier parameter: one more than a set of bits. */
const modifiersOf = (parameter: number): Modifiers => {
  const bits = Math.max(0, parameter - 1);
  return { shift: (bits & 1) !== 0, alt: (bits & 2) !== 0, ctrl: (bits & 4) !== 0 };
};

/** Finals of `ESC [ ... X` and `ESC O X`. The small ones are rxvt's, with a modifier of their own. */
const BY_LETTER: Record<string, string> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
const RXVT_ARROWS: Record<string, string> = { a: 'up', b: 'down', c: 'right', d: 'left' };

/** Numbers of `ESC [ n ~` (VT220, xterm, rxvt, linux console, tmux, screen). */
const BY_NUMBER: Record<number, string> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'page-up',
  6: 'page-down',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

const CONTROL_NAMES: Record<number, string> = {
  0: 'space',
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  28: '\\',
  29: ']',
  30: '^',
  31: '_',
  127: 'backspace',
};
const NAMED_KEYS = new Set(['backspace', 'tab', 'enter', 'escape']);

/** The key of a single character (one code point), null for C1 controls, which no key sends. */
export const keyOfCharacter = (character: string, alt: boolean): KeyEvent | null => {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x80 && code <= 0x9f) return null;
  if (code < 0x20 || code === 0x7f) {
    const name = CONTROL_NAMES[code] ?? String.fromCharCode(code + 96);
    return key(name, { ctrl: !NAMED_KEYS.has(name), alt });
  }
  if (!alt) return { kind: 'text', text: character };
  const name = character.toLowerCase();
  return key(name === ' ' ? 'space' : name, { alt, shift: name !== character });
};

/** kitty numbers the keys of the number pad in the private area: the characters from 57399 on, then the others. */
const KEYPAD_CHARACTERS = '0123456789./*-+';
const KEYPAD_FROM = 57_399;
const KEYPAD_KEYS: Record<number, string> = {
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'page-up',
  57422: 'page-down',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
  57427: 'begin',
};

/** Keys sent by number of their character: `ESC [ code ; m u` (kitty) and `ESC [ 27 ; m ; code ~` (xterm). */
const keyOfCode = (given: number, modifiers: Modifiers): KeyEvent | null => {
  const onKeypad = KEYPAD_KEYS[given];
  if (onKeypad !== undefined) return key(onKeypad, modifiers);
  const code = KEYPAD_CHARACTERS.codePointAt(given - KEYPAD_FROM) ?? given;
  // Surrogates are no characters, and kitty numbers its other keys in the private area.
  if (!(code < 0xd800 || (code > 0xf8ff && code <= 0x10ffff))) return null;
  const plain = keyOfCharacter(String.fromCodePoint(code), false);
  if (plain?.kind === 'key') return { ...plain, ...modifiers };
  if (plain?.kind !== 'text') return null;
  if (!modifiers.ctrl && !modifiers.alt)
    return modifiers.shift ? { kind: 'text', text: plain.text.toUpperCase() } : plain;
  return key(code === 0x20 ? 'space' : plain.text.toLowerCase(), modifiers);
};

/** kitty tells of keys that are let go of, where a program has asked for it and not taken it back. */
const RELEASED = 3;

/** The key of `ESC [ body final`; null when no key that we know sends it. */
export const keyOfSequence = (body: string, final: string, alt: boolean): KeyEvent | null => {
  if (!/^[0-9;:]*$/.test(body)) return null;
  // kitty: `character : with shift ; modifiers : what happened ; text`; of others nothing has a colon.
  const [[first, shifted = 0] = [], [second, happened] = [], [third = 0] = []] = body
    .split(';')
    .map((part) => part.split(':').map((number) => (number === '' ? undefined : Number(number))));
  if (happened === RELEASED) return null;
  const sent = modifiersOf(second ?? 1);
  const modifiers = { ...sent, alt: sent.alt || alt };
  if (final === 'u') {
    const typed = modifiers.ctrl || modifiers.alt ? 0 : third || (modifiers.shift ? shifted : 0);
    return keyOfCode(typed || (first ?? 1), modifiers);
  }
  if (final === '~' && first === 27) return keyOfCode(third, modifiers);
  if (final === 'Z') return key('tab', { ...modifiers, shift: true });
  const arrow = RXVT_ARROWS[final];
  if (arrow !== undefined) return key(arrow, { shift: true, alt });
  // rxvt says by the final which modifier was held.
  const rxvt = { '^': { ctrl: true }, $: { shift: true }, '@': { ctrl: true, shift: true } }[final];
  const name = final === '~' || rxvt ? BY_NUMBER[first ?? 1] : BY_LETTER[final];
  return name === undefined ? null : key(name, { ...modifiers, ...rxvt });
};

/**
 * The key of `ESC O body final` (application mode); null when unknown. Where there is a body its last number is the modifier:
 * `ESC O 5 P` of an old xterm, `ESC O 1 ; 5 P` of an old GNOME terminal.
 */
export const keyOfSs3 = (body: string, final: string, alt: boolean): KeyEvent | null => {
  const sent = modifiersOf(Number(body.split(';').at(-1) || 1));
  const modifiers = { ...sent, alt: sent.alt || alt };
  if (final === 'M') return key('enter', modifiers);
  const arrow = RXVT_ARROWS[final];
  if (arrow !== undefined) return key(arrow, { ...modifiers, ctrl: true });
  const name = BY_LETTER[final];
  return name === undefined ? null : key(name, modifiers);
};
