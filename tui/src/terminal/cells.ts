import { sanitise } from '@secure-chat/terminal-text/sanitise';
import type { Look } from '../theme/roles.ts';
import { clusters } from './width.ts';

/** One cell. A wide cluster stands in its left cell; its right cell has the text ''. */
export interface Cell {
  readonly text: string;
  readonly look: Look;
}

export interface Grid {
  readonly width: number;
  readonly height: number;
  /** Row by row, `width * height` of them. */
  readonly cells: Cell[];
}

const BLANK: Cell = { text: ' ', look: 'text' };

export const createGrid = (width: number, height: number): Grid => ({
  width,
  height,
  cells: new Array<Cell>(width * height).fill(BLANK),
});

/** The cell at a place; a blank one outside. */
export const cellAt = (grid: Grid, x: number, y: number): Cell =>
  x < 0 || y < 0 || x >= grid.width || y >= grid.height ? BLANK : (grid.cells[y * grid.width + x] ?? BLANK);

const put = (grid: Grid, x: number, y: number, cell: Cell): void => {
  const at = y * grid.width + x;
  const old = cellAt(grid, x, y);
  // Half of a wide cluster cannot stay.
  if (old.text === '' && x > 0) grid.cells[at - 1] = { text: ' ', look: cellAt(grid, x - 1, y).look };
  if (x + 1 < grid.width && cellAt(grid, x + 1, y).text === '')
    grid.cells[at + 1] = { text: ' ', look: old.look };
  grid.cells[at] = cell;
};

/**
 * Draws one line of text, clipped to `limit` cells and to the grid; returns the cells that it filled.
 * Every text on the screen passes here and is sanitised here: nothing else puts text into a grid.
 */
export const drawText = (
  grid: Grid,
  x: number,
  y: number,
  text: string,
  look: Look = 'text',
  limit = Number.POSITIVE_INFINITY,
): number => {
  if (y < 0 || y >= grid.height || x < 0) return 0;
  const end = Math.min(grid.width, x + limit);
  let at = x;
  for (const cluster of clusters(sanitise(text))) {
    if (cluster.width === 0) continue;
    if (at + cluster.width > end) break;
    put(grid, at, y, { text: cluster.text, look });
    if (cluster.width === 2) {
      put(grid, at + 1, y, { text: ' ', look });
      grid.cells[y * grid.width + at] = { text: cluster.text, look };
      grid.cells[y * grid.width + at + 1] = { text: '', look };
    }
    at += cluster.width;
  }
  return at - x;
};

/** Fills a part of a row with blanks of a look. */
export const fillRow = (grid: Grid, x: number, y: number, width: number, look: Look = 'text'): void => {
  drawText(grid, x, y, ' '.repeat(Math.max(0, width)), look);
};

/** The rows as text, blanks at the end cut off: what a test compares with a drawing. */
export const gridLines = (grid: Grid): string[] =>
  Array.from({ length: grid.height }, (_, y) =>
    grid.cells
      .slice(y * grid.width, (y + 1) * grid.width)
      .map(({ text }) => text)
      .join('')
      .trimEnd(),
  );
