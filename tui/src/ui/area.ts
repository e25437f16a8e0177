import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, type Grid } from '../terminal/cells.ts';
import type { Size } from '../terminal/terminal.ts';
import { truncate } from '../terminal/width.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Look } from '../theme/roles.ts';

/** A rectangle of the screen, in cells. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Smallest window that is drawn: below it neither the form nor a conversation is readable. */
export const SMALLEST = { width: 40, height: 10 };

/** Draws a text of one line, with an ellipsis where it does not fit; returns the cells that it filled. */
export const drawCut = (grid: Grid, x: number, y: number, text: string, cells: number, look?: Look): number =>
  drawText(grid, x, y, truncate(sanitise(text), cells), look, cells);

/** Draws a text in as many rows as it takes and the area has; returns their number. */
export const drawWrapped = (grid: Grid, area: Area, text: string, look?: Look): number => {
  const rows = wrap(sanitise(text, { multiline: true }), area.width).slice(0, Math.max(0, area.height));
  for (const [index, row] of rows.entries()) drawText(grid, area.x, area.y + index, row, look, area.width);
  return rows.length;
};

/** Is there less room than anything can be drawn in? */
export const isTooSmall = ({ width, height }: Size): boolean =>
  width < SMALLEST.width || height < SMALLEST.height;

/** Says that the window is too small; true when it is. */
export const drawTooSmall = (grid: Grid): boolean => {
  if (!isTooSmall(grid)) return false;
  const sentence = `The window is too small (${grid.width}x${grid.height}): make it at least ${SMALLEST.width}x${SMALLEST.height}.`;
  drawWrapped(grid, { x: 0, y: 0, width: grid.width, height: grid.height }, sentence);
  return true;
};
