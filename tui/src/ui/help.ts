import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { type Area, drawCut } from './area.ts';
import { COMMANDS } from './commands.ts';

const KEYS: readonly (readonly [keys: string, description: string])[] = [
  ['Enter', 'send'],
  ['Ctrl-J', 'a new line inside the message'],
  ['Tab', 'completes /con, :he; else the next unread'],
  ['Ctrl-Up/Down', 'next or previous contact (also Alt, Ctrl-P/N)'],
  ['Shift-Up/Down', 'pick a message, and with it'],
  ['  r e dd +', 'answer, edit, delete, react'],
  ['PgUp PgDn', 'scroll the conversation'],
  ['Up Down', 'what was sent before'],
  ['Ctrl-Left/Right', 'by words (also Alt-B/F)'],
  ['Ctrl-A/E/U/W', 'to start, to end, delete to start, word'],
  ['Ctrl-K', 'go to a contact by part of the name'],
  ['Esc', 'close this, a notice, then back to the newest'],
  ['Ctrl-L', 'redraw'],
  ['Ctrl-Z', 'back to the shell, fg returns'],
  ['Ctrl-C twice', 'quit'],
];

const LINES: readonly (readonly [string, string])[] = [
  ...COMMANDS.map(({ usage, description }) => [usage, description] as const),
  ['//text', 'a message that begins with /'],
  ['', ''],
  ...KEYS,
];

/** Cells of the left column. */
const LEFT = 17;

/** The offset nearest to the wanted one at which the help still fills its area. */
export const helpOffset = (wanted: number, height: number): number =>
  Math.max(0, Math.min(wanted, LINES.length - Math.max(1, height - 1)));

/** Draws the help over the area, from a line on; its first row says how to close it. */
export const drawHelp = (grid: Grid, area: Area, offset: number): void => {
  const rows = area.height - 1;
  const hidden = LINES.length - helpOffset(offset, area.height) - rows;
  const title = hidden > 0 || offset > 0 ? ' Help (Esc closes, PgUp/PgDn scroll)' : ' Help (Esc closes)';
  for (let row = 0; row < area.height; row += 1) fillRow(grid, area.x, area.y + row, area.width);
  fillRow(grid, area.x, area.y, area.width, 'bar');
  drawCut(grid, area.x, area.y, title, area.width, 'bar');
  const from = helpOffset(offset, area.height);
  for (const [index, [keys, description]] of LINES.slice(from, from + rows).entries()) {
    drawText(grid, area.x + 1, area.y + 1 + index, keys, 'strong', LEFT);
    drawCut(grid, area.x + 1 + LEFT, area.y + 1 + index, description, area.width - LEFT - 2);
  }
};
