import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { type Area, drawCut } from './area.ts';

/** What one wants to do, and the keys and commands for it. */
interface Group {
  readonly title: string;
  readonly rows: readonly (readonly [keys: string, words: string])[];
}

/** Two columns of what fits beside the title into 24 rows; words have 22 cells there. */
const COLUMNS: readonly (readonly Group[])[] = [
  [
    {
      title: 'Talk',
      rows: [
        ['Enter', 'send (^J: new line)'],
        ['Tab  Alt-U', 'complete; to unread'],
        ['Ctrl-K /switch', 'to a contact by name'],
        ['/contact NAME', 'to anybody'],
        ['/search WORDS', 'in all conversations'],
        ['PgUp PgDn', 'scroll; Esc: newest'],
        ['/me WAVES', 'says what you do'],
        ['//text', 'sends /text'],
      ],
    },
    {
      title: 'A message: Shift-Up picks it, then',
      rows: [
        ['r  /reply TEXT', 'answer it'],
        ['e  /edit TEXT', 'a new text for yours'],
        ['d  /delete', 'yours, on both sides'],
        ['+  /react :+1:', 'an emoji'],
      ],
    },
    {
      title: 'A contact: the open one, or NAME',
      rows: [
        ['/pin  /mute', 'first; without noise'],
        ['/block', 'nothing of them'],
        ['/note TEXT', 'your words about them'],
        ['/timer 1h', 'messages go by then'],
        ['/status', 'what arrived, or waits'],
      ],
    },
  ],
  [
    {
      title: 'Safety',
      rows: [
        ['/verify', 'compare safety numbers'],
        ['/accept /decline', 'a request; a new key'],
        ['/new-identity', 'a new key of your own'],
        ['/renew  /clear', 'new keys; no history'],
      ],
    },
    {
      title: 'Your account',
      rows: [
        ['/receipts on|off', 'see and show reading'],
        ['/typing on|off', 'see and show typing'],
        ['/export FILE', 'a copy of all of it'],
        ['/password', 'change it'],
        ['/sessions', 'see them, end them'],
        ['/lock  /logout', 'close it; end session'],
        ['/delete-account', 'for ever'],
        ['/quit', 'leave (Ctrl-C twice)'],
      ],
    },
    {
      title: 'More',
      rows: [
        ['/help COMMAND', 'one, with an example'],
        ['/keys  /config', 'as you have set them'],
        ['/he, :he and Tab', 'a command, an emoji'],
        ['/editor  /mouse', 'your own; on or off'],
        ['Ctrl-L  Ctrl-Z', 'redraw; to the shell'],
      ],
    },
  ],
];

/** A row of the help: a title, or keys with what they do; both empty for none. */
interface Row {
  readonly title: string;
  readonly keys: string;
  readonly words: string;
}

const rowsOf = (groups: readonly Group[]): Row[] =>
  groups.flatMap(({ title, rows }) => [
    { title, keys: '', words: '' },
    ...rows.map(([keys, words]) => ({ title: '', keys, words })),
  ]);

const SIDE_BY_SIDE = COLUMNS.map(rowsOf);
const ONE_BELOW_ANOTHER = [SIDE_BY_SIDE.flat()];

/** Cells of the keys. */
const KEYS_CELLS = 17;
/** From so many cells on there are two columns. */
const TWO_FROM = 78;

const columnsFor = (width: number): Row[][] => (width < TWO_FROM ? ONE_BELOW_ANOTHER : SIDE_BY_SIDE);

const heightFor = (width: number): number => Math.max(...columnsFor(width).map(({ length }) => length));

/** The offset nearest to the wanted one at which the help still fills its area. */
export const helpOffset = (wanted: number, { width, height }: Pick<Area, 'width' | 'height'>): number =>
  Math.max(0, Math.min(wanted, heightFor(width) - Math.max(1, height - 1)));

/** Draws the help over the area, from a row on; its first row says how to close it, and with vim's modes where their keys are. */
export const drawHelp = (grid: Grid, area: Area, offset: number, vim: boolean): void => {
  const height = area.height - 1;
  const from = helpOffset(offset, area);
  const fits = heightFor(area.width) <= height;
  for (let row = 0; row < area.height; row += 1) fillRow(grid, area.x, area.y + row, area.width);
  fillRow(grid, area.x, area.y, area.width, 'bar');
  const title = fits ? ' Help (Esc closes)' : ' Help (Esc closes, PgUp/PgDn scroll)';
  drawCut(grid, area.x, area.y, `${title}${vim ? ", vim's: /keys" : ''}`, area.width, 'bar');
  const columns = columnsFor(area.width);
  const width = Math.floor(area.width / columns.length);
  for (const [column, rows] of columns.entries())
    for (const [index, { title, keys, words }] of rows.slice(from, from + height).entries()) {
      const x = area.x + column * width + 1;
      const y = area.y + 1 + index;
      if (title !== '') drawCut(grid, x, y, `── ${title} `.padEnd(width - 2, '─'), width - 2, 'day');
      drawText(grid, x, y, keys, 'strong', KEYS_CELLS);
      drawCut(grid, x + KEYS_CELLS, y, words, width - KEYS_CELLS - 1);
    }
};
