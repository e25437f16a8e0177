import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, type Grid } from '../terminal/cells.ts';
import type { Position } from '../terminal/terminal.ts';
import { cellsOf, graphemes } from '../terminal/width.ts';
import type { Area } from './area.ts';
import type { Line } from './line-editor.ts';

/** Rows of the input at most: then it scrolls, so that the conversation stays in sight. */
export const INPUT_ROWS_MAX = 6;
/** A quarter of the window is the input's in any case. */
const SHARE = 4;
/** Rows that belong to others before it takes more: eight of the conversation, the title, the status, and a notice or a rule. */
const OTHERS = 12;

interface InputRow {
  readonly text: string;
  /** Where it begins in the line, and where the next one does. */
  readonly from: number;
  readonly to: number;
}

/** How a cluster looks; never without a cell, so that the cursor is seen to move. */
const look = (cluster: string): string => {
  const shown = cluster === '\t' ? ' ' : sanitise(cluster);
  return cellsOf(shown) === 0 ? '\uFFFD' : shown;
};

/**
 * The line in rows, broken at line breaks, behind blanks, and within a word that is longer than a row. The last cell of a row is
 * kept for a cursor behind its text.
 */
const rowsOf = (text: string, cells: number): InputRow[] => {
  const rows: InputRow[] = [];
  let row: { text: string; width: number }[] = [];
  let from = 0;
  let at = 0;
  const close = (taken: number, to: number): void => {
    rows.push({
      text: row
        .slice(0, taken)
        .map((cluster) => look(cluster.text))
        .join(''),
      from,
      to,
    });
    row = row.slice(taken);
    from = to;
  };
  for (const cluster of graphemes(text)) {
    if (cluster === '\n') close(row.length, at + 1);
    else {
      const width = cellsOf(look(cluster));
      const used = row.reduce((sum, each) => sum + each.width, 0);
      const isFull = row.length > 0 && used + width > cells - 1;
      if (isFull && cluster === ' ') {
        // It hangs over the end: no row begins with the blank that it was broken at.
        row.push({ text: cluster, width });
        close(row.length, at + 1);
        at += 1;
        continue;
      }
      if (isFull) {
        const blank = row.findLastIndex((each) => each.text === ' ');
        const taken = blank < 0 ? row.length : blank + 1;
        close(taken, from + row.slice(0, taken).reduce((sum, each) => sum + each.text.length, 0));
      }
      row.push({ text: cluster, width });
    }
    at += cluster.length;
  }
  close(row.length, at + 1);
  return rows;
};

/** The last that was asked for: the layout of a screen asks several times. */
let last: { text: string; cells: number; rows: InputRow[] } = { text: '', cells: 0, rows: [] };

const inputRows = (text: string, cells: number): InputRow[] => {
  if (last.text !== text || last.cells !== cells) last = { text, cells, rows: rowsOf(text, cells) };
  return last.rows;
};

/** Drops what is kept of the input: for a screen on which nothing of it may be left. */
export const forgetInput = (): void => {
  last = { text: '', cells: 0, rows: [] };
};

/** Rows that the line takes in a window so high. */
export const inputHeight = ({ text }: Line, cells: number, height: number): number =>
  Math.min(
    inputRows(text, cells).length,
    INPUT_ROWS_MAX,
    Math.max(1, Math.floor(height / SHARE), height - OTHERS),
  );

/** The rows of the area: all, which of them has the cursor, and the first that is shown. */
const windowOf = ({ width, height }: Area, { text, cursor }: Line) => {
  const rows = inputRows(text, width);
  const row = Math.max(
    0,
    rows.findIndex(({ to }) => cursor < to),
  );
  return { rows, row, first: Math.max(0, Math.min(row - Math.floor(height / 2), rows.length - height)) };
};

/** The cursor at the cluster that is drawn at a place of the area, or behind its row. */
export const cursorIn = (area: Area, line: Line, place: Position): number => {
  const { rows, first } = windowOf(area, line);
  const row = rows[Math.min(first + place.y - area.y, rows.length - 1)];
  if (!row) return 0;
  let cursor = row.from;
  let used = 0;
  for (const cluster of graphemes(line.text.slice(row.from, row.to - 1))) {
    used += cellsOf(look(cluster));
    if (used > place.x - area.x) return cursor;
    cursor += cluster.length;
  }
  return cursor;
};

/** Draws the part of the line around the cursor into the area; returns where the cursor stands. */
export const drawInput = (grid: Grid, area: Area, line: Line): Position => {
  const { x, y, width, height } = area;
  const { rows, row, first } = windowOf(area, line);
  for (const [index, { text }] of rows.slice(first, first + height).entries())
    drawText(grid, x, y + index, text, 'text', width);
  if (first > 0) drawText(grid, x - 1, y, '↑', 'faint');
  if (first + height < rows.length) drawText(grid, x - 1, y + height - 1, '↓', 'faint');
  const before = graphemes(line.text.slice(rows[row]?.from ?? 0, line.cursor))
    .map(look)
    .join('');
  return { x: x + cellsOf(before), y: y + row - first };
};
