import { sanitise } from '@secure-chat/terminal-text/sanitise';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, createGrid, drawText, type Grid } from '../src/terminal/cells.ts';
import { paint } from '../src/terminal/painter.ts';
import { cellsOf, clusters, graphemes, truncate } from '../src/terminal/width.ts';
import { wrap } from '../src/terminal/wrap.ts';
import { skinOf } from '../src/theme/skin.ts';
import { drawChat } from '../src/ui/chat-view.ts';
import * as editor from '../src/ui/line-editor.ts';
import { createTimes } from '../src/ui/times.ts';
import { chatScreen, chatState, contact, message, NOW } from './chat-fixture.ts';

/** Marks, embeddings, overrides and isolates: what tells a terminal to draw in another order. */
const BIDI_CONTROL = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** Of every kind that counts, alone and where it merges with its neighbours. */
const PIECES = [
  'a',
  'word',
  ' ',
  '  ',
  '\n',
  '\t',
  '1',
  '日本',
  'ﾊﾞ',
  '한',
  'ᄒ',
  'ᅡ',
  'ᆫ',
  'é',
  'e\u0301',
  '\u0301',
  'क्षि',
  'กำ',
  '👍',
  '🏽',
  '👍🏽',
  '👩',
  '\u200D',
  '💻',
  '👩🏽‍💻',
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  '🇩',
  '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  '1️⃣',
  '#\uFE0F\u20E3',
  '\u20E3',
  '❤',
  '❤\uFE0F',
  '❤\uFE0E',
  '\uFE0F',
  '\u200B',
  '\u200C',
  'שלום',
  'سلام',
  '123',
  '\u202E',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\u200F',
  '\u061C',
  '\x1b[31m',
  '\x07',
  '\uD83D',
  '\uFFFD',
];
const wild = fc
  .array(fc.oneof(fc.constantFrom(...PIECES), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 30 })
  .map((parts) => parts.join(''));
const visible = wild.map((text) => sanitise(text, { multiline: true }));
const line = wild.map((text) => sanitise(text));
const SKIN = skinOf({ TERM: 'xterm-256color' });
const RUNS = { numRuns: 500 };

describe('width', () => {
  it.each([
    ['a keycap', '1️⃣', 2],
    ['a flag', '🇩🇪', 2],
    ['the flag of a region', '🏴󠁧󠁢󠁳󠁣󠁴󠁿', 2],
    ['a family', '👨‍👩‍👧‍👦', 2],
    ['a heart as a picture', '❤\uFE0F', 2],
    ['a heart as text', '❤\uFE0E', 1],
    ['a syllable of letters', '한', 2],
    ['two marks on one letter', 'e\u0301\u0302', 1],
    ['a Hebrew letter with points', 'שָׁ', 1],
  ])('%s is one cluster', (_what, text, width) => expect(clusters(text)).toEqual([{ text, width }]));

  it('of a text is that of its clusters, which are all of it', () => {
    fc.assert(
      fc.property(line, (text) => {
        const parts = clusters(text);
        expect(parts.reduce((sum, { width }) => sum + width, 0)).toBe(cellsOf(text));
        if (graphemes(text).every((cluster) => cluster.length <= 32))
          expect(parts.map((part) => part.text).join('')).toBe(text);
      }),
      RUNS,
    );
  });

  it('of a cut text is at most what was asked, and it begins as the text does', () => {
    fc.assert(
      fc.property(line, fc.nat(20), (text, cells) => {
        const cut = truncate(text, cells);
        expect(cellsOf(cut)).toBeLessThanOrEqual(cells);
        expect(cut === text || text.startsWith(cut.replace(/…$/u, ''))).toBe(true);
      }),
      RUNS,
    );
  });
});

describe('wrap', () => {
  it('makes no row wider than its columns, the first one too, and loses nothing but blanks', () => {
    const solid = (text: string): string => text.replace(/\s/gu, '');
    fc.assert(
      fc.property(
        visible,
        fc.integer({ min: 2, max: 30 }),
        fc.integer({ min: 2, max: 30 }),
        (text, cells, first) => {
          const rows = wrap(text, cells, first);
          for (const [index, row] of rows.entries())
            expect(cellsOf(row)).toBeLessThanOrEqual(index === 0 ? first : cells);
          expect(solid(rows.join(''))).toBe(solid(text));
        },
      ),
      RUNS,
    );
  });

  it('changes nothing of what is wrapped', () => {
    fc.assert(
      fc.property(visible, fc.integer({ min: 2, max: 30 }), (text, cells) => {
        const rows = wrap(text, cells);
        expect(wrap(rows.join('\n'), cells)).toEqual(rows);
      }),
      RUNS,
    );
  });
});

describe('what is drawn', () => {
  it('stays within its cells: what stands beside it stays where it was', () => {
    fc.assert(
      fc.property(wild, fc.nat(12), fc.nat(12), (text, x, limit) => {
        const grid = createGrid(20, 1);
        drawText(grid, 0, 0, '01234567890123456789');
        const cells = drawText(grid, x, 0, text, 'text', limit);
        expect(cells).toBeLessThanOrEqual(limit);
        const texts = grid.cells.map((cell) => cell.text);
        const untouched = '01234567890123456789'.split('').filter((_, at) => at < x || at >= x + cells);
        expect(texts.filter((_, at) => at < x || at >= x + cells)).toEqual(untouched);
      }),
      RUNS,
    );
  });

  it('no text of others, in any direction and with any bidi control, moves what is drawn beside it', () => {
    const draw = (text: string) => {
      const grid = createGrid(80, 24);
      const state = chatState({ contacts: [contact('bob', { note: text })], messages: [message({ text })] });
      drawChat(grid, chatScreen(state), createTimes('UTC'), NOW);
      return grid;
    };
    const usual = draw('hello');
    const border = usual.cells.findIndex((cell) => cell.text === '│');
    const beside = (grid: Grid): string[] =>
      Array.from({ length: 20 }, (_, y) =>
        Array.from({ length: border + 1 }, (_, x) => cellAt(grid, x, y).text).join(''),
      );
    expect(border).toBeGreaterThan(0);
    fc.assert(
      fc.property(wild, (text) => {
        const grid = draw(text);
        expect(beside(grid)).toEqual(beside(usual));
        expect(paint(null, grid, SKIN)).not.toMatch(BIDI_CONTROL);
      }),
      { numRuns: 100 },
    );
  });
});

describe('sanitised text', () => {
  it('has no control, no bidi control and no half character, and stays as it is', () => {
    fc.assert(
      fc.property(wild, fc.boolean(), (text, multiline) => {
        const clean = sanitise(text, { multiline });
        expect(clean).not.toMatch(multiline ? /[^\n\P{Cc}]/u : /\p{Cc}/u);
        expect(clean).not.toMatch(BIDI_CONTROL);
        expect(clean).not.toMatch(/\p{Surrogate}/u);
        expect(sanitise(clean, { multiline })).toBe(clean);
      }),
      RUNS,
    );
  });

  it('keeps what people write in any direction', () => {
    for (const text of ['שלום עולם', 'سلام 123', 'می\u200Cخواهم', 'abc שלום def'])
      expect(sanitise(text)).toBe(text);
  });
});

describe('line editor', () => {
  /** Clusters that stay apart, whatever stands beside them. */
  const apart = fc.constantFrom(
    'a',
    ' ',
    '日',
    '👩🏽‍💻',
    '👨‍👩‍👧‍👦',
    'e\u0301',
    '1️⃣',
    '🏴󠁧󠁢󠁳󠁣󠁴󠁿',
    'ש',
    '\n',
    '\t',
    '❤\uFE0F',
  );
  const lineAt = fc.tuple(fc.array(apart, { maxLength: 12 }), fc.nat(12)).map(([parts, lefts]) => {
    let at = editor.lineOf(parts.join(''));
    for (let step = 0; step < lefts; step += 1) at = editor.left(at);
    return at;
  });
  const repeated = (
    line: editor.Line,
    times: number,
    act: (line: editor.Line) => editor.Line,
  ): editor.Line => (times === 0 ? line : repeated(act(line), times - 1, act));

  it('undoes an insertion by as many deletions as it had clusters, from behind and from before', () => {
    fc.assert(
      fc.property(lineAt, fc.array(apart, { maxLength: 8 }), (line, added) => {
        const longer = editor.insert(line, added.join(''));
        expect(repeated(longer, added.length, editor.backspace)).toEqual(line);
        const before = repeated(longer, added.length, editor.left);
        expect(repeated(before, added.length, editor.deleteNext)).toEqual(line);
      }),
      RUNS,
    );
  });

  it('goes right where it went left, and deletes what it went over', () => {
    fc.assert(
      fc.property(lineAt, (line) => {
        if (line.cursor > 0) expect(editor.right(editor.left(line))).toEqual(line);
        for (const [go, remove] of [
          [editor.left, editor.backspace],
          [editor.wordLeft, editor.deleteWord],
          [editor.home, editor.deleteToStart],
        ] as const) {
          const { cursor } = go(line);
          expect(remove(line)).toEqual({
            text: line.text.slice(0, cursor) + line.text.slice(line.cursor),
            cursor,
          });
        }
      }),
      RUNS,
    );
  });

  const OPERATIONS = [
    editor.backspace,
    editor.deleteNext,
    editor.deleteWord,
    editor.deleteToStart,
    editor.deleteToEnd,
    editor.left,
    editor.right,
    editor.wordLeft,
    editor.wordRight,
    editor.home,
    editor.end,
  ];
  it('never has its cursor inside a cluster, half a character or a control, whatever is typed and pasted', () => {
    const step = fc.oneof(
      wild.map((text) => (line: editor.Line) => editor.insert(line, text)),
      fc.constantFrom(...OPERATIONS),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        let line = editor.EMPTY_LINE;
        for (const act of steps) {
          line = act(line);
          const { text, cursor } = line;
          expect(graphemes(text.slice(0, cursor)).concat(graphemes(text.slice(cursor)))).toEqual(
            graphemes(text),
          );
          expect(text).not.toMatch(/[^\n\t\P{Cc}]|\p{Surrogate}/u);
          expect(editor.bytesOf(text)).toBeLessThanOrEqual(editor.LINE_MAX);
        }
      }),
      RUNS,
    );
  });
});
