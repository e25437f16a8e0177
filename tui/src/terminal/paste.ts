import type { KeyEvent } from './key-events.ts';

/** Bracketed paste (xterm): `ESC [ 200 ~` text `ESC [ 201 ~`. */
export const PASTE_START = '200';
const PASTE_END = '\x1b[201~';

/** UTF-16 units of one paste that are kept: several times the longest message. The rest is dropped and counted. */
export const PASTE_MAX = 64 * 1024;

/** Collects a paste, character by character; gives the event at its end, null before. */
export const createPaste = (): { push(character: string): KeyEvent | null } => {
  let text = '';
  let dropped = 0;
  let matched = 0;
  const keep = (part: string): void => {
    if (dropped === 0 && text.length + part.length <= PASTE_MAX) text += part;
    else dropped += part.length;
  };
  return {
    push: (character) => {
      if (character === PASTE_END[matched]) {
        matched += 1;
        if (matched < PASTE_END.length) return null;
        const event: KeyEvent = { kind: 'paste', text: text.replace(/\r\n?/g, '\n'), dropped };
        text = '';
        dropped = 0;
        matched = 0;
        return event;
      }
      keep(PASTE_END.slice(0, matched));
      // Only the first character of the mark is an ESC: a broken-off match can begin again nowhere else.
      matched = character === PASTE_END[0] ? 1 : 0;
      if (matched === 0) keep(character);
      return null;
    },
  };
};
