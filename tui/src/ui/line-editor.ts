import { graphemes } from '../terminal/width.ts';

/** A line being written: the text, and the cursor in UTF-16 units, always between two clusters. */
export interface Line {
  readonly text: string;
  readonly cursor: number;
}

export const EMPTY_LINE: Line = { text: '', cursor: 0 };

/** UTF-8 bytes of a line: as many as a message may have. */
export const LINE_MAX = 32_000;

export const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/** The beginning of a text that takes at most so many bytes, cut between clusters. */
const beginning = (text: string, bytes: number): string => {
  if (bytesOf(text) <= bytes) return text;
  let end = 0;
  let used = 0;
  for (const cluster of graphemes(text)) {
    used += bytesOf(cluster);
    if (used > bytes) break;
    end += cluster.length;
  }
  return text.slice(0, end);
};

/** Offsets at which clusters begin, and the end. */
const boundaries = (text: string): number[] => {
  const found = [0];
  for (const cluster of graphemes(text)) found.push((found.at(-1) ?? 0) + cluster.length);
  return found;
};

const before = (text: string, at: number): number => boundaries(text).findLast((edge) => edge < at) ?? 0;
const after = (text: string, at: number): number => boundaries(text).find((edge) => edge > at) ?? text.length;

/** After an edit, neighbours may have become one cluster: then the cursor goes behind it. */
const place = (text: string, cursor: number): Line => ({
  text,
  cursor: boundaries(text).find((edge) => edge >= cursor) ?? text.length,
});

/** What may stand in a line: line breaks and tabs, no other control (nobody means to send one). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the point
const UNWANTED = /[\x00-\x08\v\f\x0e-\x1f\x7f-\x9f]|\p{Surrogate}/gu;

/** Inserts at the cursor as much as fits into LINE_MAX, cut between clusters. */
export const insert = (line: Line, added: string): Line => {
  const clean = added.replace(/\r\n?/g, '\n').replace(UNWANTED, '');
  const fitting = beginning(clean, LINE_MAX - bytesOf(line.text));
  const text = line.text.slice(0, line.cursor) + fitting + line.text.slice(line.cursor);
  return place(text, line.cursor + fitting.length);
};

const remove = (line: Line, from: number, to: number): Line =>
  place(line.text.slice(0, from) + line.text.slice(to), from);

const isBlank = (cluster: string): boolean => /^\s/.test(cluster);

const wordStart = ({ text, cursor }: Line): number => {
  const left = graphemes(text.slice(0, cursor));
  while (left.length > 0 && isBlank(left.at(-1) ?? '')) left.pop();
  while (left.length > 0 && !isBlank(left.at(-1) ?? '')) left.pop();
  return left.join('').length;
};

const wordEnd = ({ text, cursor }: Line): number => {
  const right = graphemes(text.slice(cursor)).reverse();
  while (right.length > 0 && isBlank(right.at(-1) ?? '')) right.pop();
  while (right.length > 0 && !isBlank(right.at(-1) ?? '')) right.pop();
  return text.length - right.join('').length;
};

export const backspace = (line: Line): Line => remove(line, before(line.text, line.cursor), line.cursor);
export const deleteNext = (line: Line): Line => remove(line, line.cursor, after(line.text, line.cursor));
export const deleteWord = (line: Line): Line => remove(line, wordStart(line), line.cursor);
export const deleteToStart = (line: Line): Line => remove(line, 0, line.cursor);
export const deleteToEnd = (line: Line): Line => remove(line, line.cursor, line.text.length);
export const left = (line: Line): Line => ({ ...line, cursor: before(line.text, line.cursor) });
export const right = (line: Line): Line => ({ ...line, cursor: after(line.text, line.cursor) });
export const wordLeft = (line: Line): Line => ({ ...line, cursor: wordStart(line) });
export const wordRight = (line: Line): Line => ({ ...line, cursor: wordEnd(line) });
export const home = (line: Line): Line => ({ ...line, cursor: 0 });
export const end = (line: Line): Line => ({ ...line, cursor: line.text.length });

/** One line of the text up (-1) or down (1), at the same cluster if there is one; null beyond the first and the last. */
export const vertical = (line: Line, step: -1 | 1): Line | null => {
  const rows = line.text.split('\n');
  const above = line.text.slice(0, line.cursor).split('\n');
  const row = above.length - 1 + step;
  const target = rows[row];
  if (target === undefined) return null;
  const column = graphemes(above.at(-1) ?? '').length;
  const start = rows.slice(0, row).reduce((sum, each) => sum + each.length + 1, 0);
  return { ...line, cursor: start + graphemes(target).slice(0, column).join('').length };
};

/** Offsets of the line of the text that the cursor is in. */
const row = ({ text, cursor }: Line): { from: number; to: number } => {
  const to = text.indexOf('\n', cursor);
  return { from: text.slice(0, cursor).lastIndexOf('\n') + 1, to: to < 0 ? text.length : to };
};

export const rowStart = (line: Line): Line => ({ ...line, cursor: row(line).from });
export const rowEnd = (line: Line): Line => ({ ...line, cursor: row(line).to });
/** With its line break. */
export const deleteRow = (line: Line): Line => {
  const { from, to } = row(line);
  return to < line.text.length ? remove(line, from, to + 1) : remove(line, Math.max(0, from - 1), to);
};
export const openRow = (line: Line): Line => insert(rowEnd(line), '\n');

/** Where vim's next word begins. */
const nextWord = ({ text, cursor }: Line): number => {
  const right = graphemes(text.slice(cursor)).reverse();
  while (right.length > 0 && !isBlank(right.at(-1) ?? '')) right.pop();
  while (right.length > 0 && isBlank(right.at(-1) ?? '')) right.pop();
  return text.length - right.join('').length;
};
export const wordNext = (line: Line): Line => ({ ...line, cursor: nextWord(line) });
export const deleteToNextWord = (line: Line): Line => remove(line, line.cursor, nextWord(line));
export const lineOf = (text: string): Line => insert(EMPTY_LINE, text);
