import { drawText, type Grid } from '../terminal/cells.ts';
import { sanitise } from '../terminal/sanitise.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';
import { drawCut } from './area.ts';
import type { Connection, Notice } from './state.ts';

/**
 * Rows that a notice takes at most: enough for every sentence of ours, and the conversation stays in sight. A warning has
 * to be read to its end, in the smallest window too.
 */
const ROWS_MAX: Record<Notice['kind'], number> = { info: 3, error: 3, warning: 4 };

const rowsMax = (notice: Notice | null): number => ROWS_MAX[notice?.kind ?? 'info'];

/** The warning after those `seen`, with how many are behind it; null when all were seen. */
export const warningNotice = (warnings: readonly string[], seen: number): Notice | null => {
  const warning = warnings[seen];
  if (warning === undefined) return null;
  const more = warnings.length - seen - 1;
  const key = more > 0 ? `${more} more, Esc: next` : 'Esc: seen';
  return { kind: 'warning', text: `Warning (${key}): ${warning}` };
};

const contentOf = (notice: Notice | null, connection: Connection): { text: string; style: Style } | null => {
  if (notice?.kind === 'info') return { text: notice.text, style: { colour: 'cyan' } };
  if (notice) return { text: `! ${notice.text}`, style: { bold: true, colour: 'red' } };
  return connection.kind === 'offline' ? { text: connection.reason, style: { dim: true } } : null;
};

/** Rows that the notice takes, else why the connection is away; one is kept for it when there is neither. */
export const noticeHeight = (notice: Notice | null, connection: Connection, width: number): number => {
  const rows = wrap(sanitise(contentOf(notice, connection)?.text ?? ''), width).length;
  return Math.min(rowsMax(notice), rows);
};

/** Draws it from the row `y` on, with an ellipsis where it is longer than its rows. */
export const drawNotice = (grid: Grid, y: number, notice: Notice | null, connection: Connection): void => {
  const content = contentOf(notice, connection);
  if (!content) return;
  const rows = wrap(sanitise(content.text), grid.width);
  const last = rowsMax(notice) - 1;
  for (const [index, row] of rows.slice(0, last).entries()) drawText(grid, 0, y + index, row, content.style);
  drawCut(grid, 0, y + last, rows.slice(last).join(' '), grid.width, content.style);
};
