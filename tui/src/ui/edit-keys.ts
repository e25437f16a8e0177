import type { KeyEvent } from '../terminal/key-events.ts';
import type { Line } from './line-editor.ts';
import * as editor from './line-editor.ts';

const PLAIN = new Map<string, (line: Line) => Line>([
  ['backspace', editor.backspace],
  ['delete', editor.deleteNext],
  ['left', editor.left],
  ['right', editor.right],
  ['home', editor.home],
  ['end', editor.end],
]);

const CTRL = new Map<string, (line: Line) => Line>([
  ['a', editor.home],
  ['e', editor.end],
  ['b', editor.left],
  ['f', editor.right],
  ['k', editor.deleteToEnd],
  ['u', editor.deleteToStart],
  ['w', editor.deleteWord],
  ['left', editor.wordLeft],
  ['right', editor.wordRight],
  ['backspace', editor.deleteWord],
]);

const ALT = new Map<string, (line: Line) => Line>([
  ['b', editor.wordLeft],
  ['f', editor.wordRight],
  ['left', editor.wordLeft],
  ['right', editor.wordRight],
  ['backspace', editor.deleteWord],
]);

/** The line after a key; null when the key is none of an editor's. */
export const editKey = (line: Line, event: KeyEvent): Line | null => {
  if (event.kind !== 'key') return editor.insert(line, event.text);
  const table = event.ctrl ? CTRL : event.alt ? ALT : PLAIN;
  return table.get(event.name)?.(line) ?? null;
};
