import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, type Grid } from '../terminal/cells.ts';
import { cellsOf, graphemes } from '../terminal/width.ts';
import type { Look } from '../theme/roles.ts';
import type { Line } from './line-editor.ts';

/** A line break inside a field of one line. */
const LINE_BREAK_MARK = '⏎';

export interface FieldOptions {
  readonly look?: Look;
  /** Draws a dot for each cluster: what is written is nowhere on the screen. */
  readonly masked?: boolean;
}

/** How a cluster looks in the field; never without a cell, so that the cursor is seen to move. */
const look = (cluster: string, masked: boolean): string => {
  if (masked) return '•';
  if (cluster === '\n') return LINE_BREAK_MARK;
  const shown = cluster === '\t' ? ' ' : sanitise(cluster);
  return cellsOf(shown) === 0 ? '\uFFFD' : shown;
};

/** What stands before the cursor and behind it, as far as it may be seen; `first`: the first of what is before that fits. */
const partOf = (cells: number, line: Line, shownAs: (cluster: string) => string) => {
  // Each cluster takes a cell at least: more of them than cells cannot be seen.
  const before = graphemes(line.text.slice(0, line.cursor)).slice(-cells);
  const behind = graphemes(line.text.slice(line.cursor)).slice(0, cells);
  let used = 0;
  let first = before.length;
  while (first > 0) {
    const width = cellsOf(shownAs(before[first - 1] ?? ''));
    if (used + width > cells - 1) break;
    used += width;
    first -= 1;
  }
  return { before: before.slice(first), behind };
};

/**
 * Draws the part of the line around the cursor that fits into `cells`; returns the column of the cursor. One cell is
 * kept for a cursor behind the text.
 */
export const drawField = (
  grid: Grid,
  x: number,
  y: number,
  cells: number,
  line: Line,
  options: FieldOptions = {},
): number => {
  const masked = options.masked === true;
  const shownAs = (cluster: string): string => look(cluster, masked);
  const { before, behind } = partOf(cells, line, shownAs);
  const column = x + drawText(grid, x, y, before.map(shownAs).join(''), options.look, cells);
  drawText(grid, column, y, behind.map(shownAs).join(''), options.look, cells - (column - x));
  return column;
};
