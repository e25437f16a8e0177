import { StringDecoder } from 'node:string_decoder';
import {
  type FocusEvent,
  type KeyEvent,
  key,
  keyOfCharacter,
  keyOfSequence,
  keyOfSs3,
} from './key-events.ts';
import { type MouseEvent, mouseOfSequence } from './mouse.ts';
import { createPaste, PASTE_START } from './paste.ts';

/** Longest escape sequence of a key; a longer one is no key and is swallowed. */
const SEQUENCE_MAX = 64;
/** Longest answer of a terminal (OSC, DCS) that is swallowed as one; nothing asks for any. */
const ANSWER_MAX = 4096;

/** Characters behind `ESC [ M`, as a terminal without SGR reports tells of the mouse; they are swallowed. */
const OLD_MOUSE_CHARACTERS = 3;

/** Milliseconds after which a lone ESC is the Escape key: longer than a sequence takes over a slow line, hardly felt. */
export const ESCAPE_MS = 50;

/** All that a terminal says. */
export type TerminalEvent = KeyEvent | MouseEvent | FocusEvent;

export type StartTimer = (run: () => void, ms: number) => () => void;

/** Starts a timer and returns what cancels it. */
export const startTimer: StartTimer = (run, ms) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

export interface KeyDecoder {
  push(bytes: Uint8Array): void;
  /** What is pending is taken for what it is: an ESC alone is the Escape key. */
  flush(): void;
  close(): void;
}

type Mode =
  | 'ground'
  | 'escape'
  | 'csi'
  | 'ss3'
  | 'answer'
  | 'answer-end'
  | 'linux-function'
  | 'old-mouse'
  | 'paste';

const eventOfSequence = (body: string, final: string, alt: boolean): TerminalEvent | null => {
  if (body === '' && (final === 'I' || final === 'O')) return { kind: 'focus', focused: final === 'I' };
  return mouseOfSequence(body, final) ?? keyOfSequence(body, final, alt);
};

/**
 * Bytes of a terminal in raw mode -> events, cut as the person made them, however the bytes were cut.
 * Sequences that no known key sends are swallowed.
 */
export const createKeyDecoder = (
  emit: (event: TerminalEvent) => void,
  start: StartTimer = startTimer,
): KeyDecoder => {
  const utf8 = new StringDecoder('utf8');
  const paste = createPaste();
  let mode: Mode = 'ground';
  /** Another ESC came before: Alt is held. */
  let alt = false;
  let body = '';
  let cancel = (): void => {};

  const end = (event: TerminalEvent | null): void => {
    mode = 'ground';
    alt = false;
    body = '';
    if (event) emit(event);
  };

  const inEscape = (character: string): void => {
    if (character === '\x1b') {
      if (alt) emit(key('escape'));
      alt = true;
    } else if (character === '[') mode = 'csi';
    else if (character === 'O') mode = 'ss3';
    else if (']PX^_'.includes(character)) {
      mode = 'answer';
      body = character;
    } else end(keyOfCharacter(character, true));
  };

  const inCsi = (character: string): void => {
    if (body === '' && character === '[') {
      mode = 'linux-function';
      return;
    }
    const final = /[@-~]/.test(character) || (character === '$' && /^[0-9]+$/.test(body));
    if (!final) {
      if (body.length < SEQUENCE_MAX) body += character;
      return;
    }
    if (character === '~' && body === PASTE_START) {
      end(null);
      mode = 'paste';
    } else if (character === 'M' && body === '') mode = 'old-mouse';
    else end(body.length < SEQUENCE_MAX ? eventOfSequence(body, character, alt) : null);
  };

  const inSs3 = (character: string): void => {
    if (!/[0-9;]/.test(character)) end(body.length < SEQUENCE_MAX ? keyOfSs3(body, character, alt) : null);
    else if (body.length < SEQUENCE_MAX) body += character;
  };

  const inAnswer = (character: string): void => {
    body += character;
    if (character === '\x1b') mode = 'answer-end';
    else if (character === '\x07' || character === '\x9c' || body.length > ANSWER_MAX) end(null);
  };

  const take = (character: string): void => {
    if (mode === 'paste') {
      const pasted = paste.push(character);
      if (pasted) end(pasted);
    } else if (mode === 'ground') {
      if (character === '\x1b') mode = 'escape';
      else end(keyOfCharacter(character, false));
    } else if (mode === 'escape') inEscape(character);
    else if (mode === 'answer') inAnswer(character);
    else if (mode === 'answer-end') {
      end(null);
      if (character !== '\\') {
        mode = 'escape';
        take(character);
      }
    } else if (character < ' ') {
      // A control inside a sequence breaks it off.
      end(null);
      take(character);
    } else if (mode === 'csi') inCsi(character);
    else if (mode === 'ss3') inSs3(character);
    else if (mode === 'old-mouse') {
      body += character;
      if (body.length >= OLD_MOUSE_CHARACTERS) end(null);
    } else {
      const number = 'ABCDE'.indexOf(character);
      end(number < 0 ? null : key(`f${number + 1}`, { alt }));
    }
  };

  const flush = (): void => {
    if (mode === 'escape') {
      if (alt) emit(key('escape'));
      end(key('escape'));
    } else if (mode === 'csi' && body === '') end(key('[', { alt: true }));
    else if (mode === 'ss3' && body === '') end(key('o', { alt: true, shift: true }));
    else if (mode === 'answer' && body.length === 1) end(keyOfCharacter(body, true));
    else if (mode !== 'paste') end(null);
  };

  return {
    push: (bytes) => {
      cancel();
      for (const character of utf8.write(Buffer.from(bytes))) take(character);
      if (mode !== 'ground' && mode !== 'paste') cancel = start(flush, ESCAPE_MS);
    },
    flush,
    close: () => cancel(),
  };
};
