import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { cellsOf } from '../terminal/width.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Role } from '../theme/roles.ts';

/** A piece of a row, in one role. */
export interface Span {
  readonly text: string;
  readonly role: Role;
}

/** What stands before a line of a code block: it is code without colours, too. */
const CODE_EDGE = '│ ';
const FENCE = '```';

/** Code between backticks, or the address of a page. It is drawn as it is written: what is copied is what was sent. */
const MARKED = /(?<code>(?<!`)`[^`\s](?:[^`\n]*[^`\s])?`(?!`))|(?<link>https?:\/\/[^\s<>"`]+)/gu;
/** They end a sentence more often than an address. */
const NO_END_OF_LINK = /[.,;:!?'")\]}]+$/u;

/** A blank that no row is broken at. Its length is that of a blank, so that places in a text stay the same. */
const FIRM_BLANK = '\u00a0';

interface Mark {
  readonly from: number;
  readonly to: number;
  readonly role: Role;
}

const marksOf = (line: string): Mark[] =>
  Array.from(line.matchAll(MARKED), ({ 0: found, index, groups }) => {
    const isLink = groups?.link !== undefined;
    const length = isLink ? found.replace(NO_END_OF_LINK, '').length : found.length;
    return { from: index, to: index + length, role: isLink ? 'link' : 'code' };
  });

/** A span of code that fits on a row stays together. */
const firm = (line: string, marks: readonly Mark[], cells: number): string =>
  marks.reduce((text, { from, to, role }) => {
    const span = text.slice(from, to);
    if (role !== 'code' || cellsOf(span) > cells) return text;
    return text.slice(0, from) + span.replaceAll(' ', FIRM_BLANK) + text.slice(to);
  }, line);

const spansBetween = (line: string, marks: readonly Mark[], from: number, to: number): Span[] => {
  const spans: Span[] = [];
  const add = (start: number, end: number, role: Role): void => {
    if (end > start) spans.push({ text: line.slice(start, end), role });
  };
  let at = from;
  for (const mark of marks) {
    const start = Math.max(at, mark.from);
    const end = Math.min(to, mark.to);
    if (end <= start) continue;
    add(at, start, 'text');
    add(start, end, mark.role);
    at = end;
  }
  add(at, to, 'text');
  return spans;
};

const proseRows = (line: string, cells: number, first: number): Span[][] => {
  const marks = marksOf(line);
  const source = firm(line, marks, cells);
  let at = 0;
  return wrap(source, cells, first).map((row) => {
    const from = source.indexOf(row, at);
    // What wrapping had to change cannot be found again: then it is plain text.
    if (from < 0) return [{ text: row, role: 'text' }];
    at = from + row.length;
    return spansBetween(line, marks, from, at);
  });
};

const codeRows = (line: string, cells: number): Span[][] =>
  wrap(line, cells - CODE_EDGE.length).map((row) => [
    { text: CODE_EDGE, role: 'frame' },
    { text: row, role: 'code' },
  ]);

const rowsOf = (text: string, cells: number, first: number): Span[][] => {
  const rows: Span[][] = [];
  const lines = sanitise(text, { multiline: true }).split('\n');
  const opens = (line: string | undefined): boolean => line?.trimStart().startsWith(FENCE) === true;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const end = opens(line) ? lines.findIndex((each, index) => index > at && each.trim() === FENCE) : -1;
    if (end < 0) rows.push(...proseRows(line, cells, rows.length === 0 ? first : cells));
    else {
      // Where the code begins in the first row it has the width of that row alone.
      const width = rows.length === 0 ? first : cells;
      for (const code of lines.slice(at + 1, end)) rows.push(...codeRows(code, width));
      at = end;
    }
  }
  return rows.length === 0 ? [[]] : rows;
};

/** Texts kept: a few screens of them, so that a key does not wrap a message of 32,000 bytes again. */
const KEPT_MAX = 200;
const kept = new Map<string, Span[][]>();

/** Drops what is kept of texts: for a screen on which nothing of them may be left. */
export const forgetTexts = (): void => kept.clear();

/** A text as rows of `cells` cells, the first of `first`: code and links in their roles, all of it sanitised. */
export const textRows = (text: string, cells: number, first = cells): Span[][] => {
  const key = `${cells} ${first} ${text}`;
  const known = kept.get(key);
  if (known) return known;
  if (kept.size >= KEPT_MAX) kept.clear();
  const rows = rowsOf(text, cells, first);
  kept.set(key, rows);
  return rows;
};
