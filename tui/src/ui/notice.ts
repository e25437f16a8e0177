import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, type Grid } from '../terminal/cells.ts';
import type { Size } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Role } from '../theme/roles.ts';
import { drawCut } from './area.ts';
import type { Connection, Notice } from './state.ts';

/** Rows that a notice takes at most: enough for every sentence of ours, and the conversation stays in sight. */
const ROWS_MAX = 3;
/** A warning has to be read to its end: it takes a third of a high window, and in the smallest what a form leaves. */
const WARNING_ROWS_MIN = 4;
const WARNING_SHARE = 3;

const rowsMax = (notice: Notice | null, height: number): number =>
  notice?.kind === 'warning' ? Math.max(WARNING_ROWS_MIN, Math.floor(height / WARNING_SHARE)) : ROWS_MAX;

/** The first of the warnings that were not seen, with how many follow; null for none. */
export const warningNotice = (unseen: readonly string[]): Notice | null => {
  const [warning] = unseen;
  if (warning === undefined) return null;
  const more = unseen.length - 1;
  const key = more > 0 ? `${more} more, Esc: next` : 'Esc: seen';
  return { kind: 'warning', text: `Warning (${key}): ${warning}` };
};

const contentOf = (notice: Notice | null, connection: Connection): { text: string; role: Role } | null => {
  if (notice?.kind === 'info') return { text: notice.text, role: 'notice' };
  if (notice) return { text: `! ${notice.text}`, role: notice.kind };
  return connection.kind === 'offline' ? { text: connection.reason, role: 'faint' } : null;
};

/** What is said above the status line: the answer to what was done just now, and the next warning. */
export interface Notices {
  readonly answer: Notice | null;
  readonly warning: Notice | null;
}

/** A warning beside an answer has one row, with an ellipsis where it is longer: Esc takes the answer away, and it has all. */
const BESIDE_ROWS = 1;

const rowsBeside = ({ answer, warning }: Notices): number => (answer && warning ? BESIDE_ROWS : 0);

/** Rows that they take, else why the connection is away; one is kept for it when there is neither. */
export const noticeHeight = (notices: Notices, connection: Connection, { width, height }: Size): number => {
  const first = notices.answer ?? notices.warning;
  const rows = wrap(sanitise(contentOf(first, connection)?.text ?? ''), width).length;
  return Math.min(rowsMax(first, height), rows) + rowsBeside(notices);
};

/** Draws them from the row `y` on, with an ellipsis where one is longer than its rows. */
export const drawNotice = (grid: Grid, y: number, notices: Notices, connection: Connection): void => {
  const { answer, warning } = notices;
  const first = answer ?? warning;
  const content = contentOf(first, connection);
  if (!content) return;
  const rows = wrap(sanitise(content.text), grid.width);
  const last = rowsMax(first, grid.height) - 1;
  for (const [index, row] of rows.slice(0, last).entries()) drawText(grid, 0, y + index, row, content.role);
  drawCut(grid, 0, y + last, rows.slice(last).join(' '), grid.width, content.role);
  const beside = answer && contentOf(warning, connection);
  if (beside) drawCut(grid, 0, y + Math.min(rows.length, last + 1), beside.text, grid.width, beside.role);
};
