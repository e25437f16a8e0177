import { drawText, type Grid } from '../terminal/cells.ts';
import { sanitise } from '../terminal/sanitise.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';
import { drawCut } from './area.ts';
import type { Connection, Notice } from './state.ts';

/** Rows that a notice takes at most: enough for every sentence of ours, and the conversation stays in sight. */
const ROWS_MAX = 3;

const contentOf = (notice: Notice | null, connection: Connection): { text: string; style: Style } | null => {
  if (notice?.kind === 'error') return { text: `! ${notice.text}`, style: { bold: true, colour: 'red' } };
  if (notice) return { text: notice.text, style: { colour: 'cyan' } };
  return connection.kind === 'offline' ? { text: connection.reason, style: { dim: true } } : null;
};

/** Rows that the notice takes, else why the connection is away; one is kept for it when there is neither. */
export const noticeHeight = (notice: Notice | null, connection: Connection, width: number): number => {
  const rows = wrap(sanitise(contentOf(notice, connection)?.text ?? ''), width).length;
  return Math.min(ROWS_MAX, rows);
};

/** Draws it from the row `y` on, with an ellipsis where it is longer than its rows. */
export const drawNotice = (grid: Grid, y: number, notice: Notice | null, connection: Connection): void => {
  const content = contentOf(notice, connection);
  if (!content) return;
  const rows = wrap(sanitise(content.text), grid.width);
  for (const [index, row] of rows.slice(0, ROWS_MAX - 1).entries())
    drawText(grid, 0, y + index, row, content.style);
  drawCut(grid, 0, y + ROWS_MAX - 1, rows.slice(ROWS_MAX - 1).join(' '), grid.width, content.style);
};
