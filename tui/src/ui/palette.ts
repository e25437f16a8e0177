import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { type Area, drawCut } from './area.ts';
import { ALL_COMMANDS, type Command } from './commands.ts';
import { fitting, rankOf } from './fuzzy.ts';
import type { Line } from './line-editor.ts';

/** The list of commands over the input, while the name of one is typed. */

export interface PaletteState {
  /** The row that the person went to; null: the first, which nobody chose. */
  readonly at: number | null;
  /** Esc was pressed: nothing is shown until something else is typed. */
  readonly closed: boolean;
}

export const OPEN_PALETTE: PaletteState = { at: null, closed: false };
export const CLOSED_PALETTE: PaletteState = { at: null, closed: true };

export interface Palette {
  readonly rows: readonly Command[];
  readonly at: number;
  /** Is it what the person means: what they typed the beginning of, or went to? Else Enter and Tab are not about it. */
  readonly sure: boolean;
}

/** Rows that are shown at once: more would hide what is talked about. */
const ROWS_MAX = 8;
/** Cells of the left column. */
const LEFT = 19;

/** What the palette shows; null for nothing. */
export const paletteOf = ({ text, cursor }: Line, { at, closed }: PaletteState): Palette | null => {
  const [, typed] = /^\/([a-z-]*)$/i.exec(text) ?? [];
  if (typed === undefined || closed || cursor !== text.length) return null;
  const rows = fitting(ALL_COMMANDS, ({ name }) => name, typed);
  const [first] = rows;
  if (!first) return null;
  const sure = at !== null || (typed !== '' && rankOf(first.name, typed) === 0);
  return { rows, at: Math.min(at ?? 0, rows.length - 1), sure };
};

/** The palette `steps` rows further down, around the ends. */
export const movePalette = ({ rows, at }: Palette, steps: number): PaletteState => ({
  at: (((at + steps) % rows.length) + rows.length) % rows.length,
  closed: false,
});

/** What becomes of the line when the row is taken: `run` where nothing is left to be typed. */
export const takePalette = ({ rows, at }: Palette): { text: string; run: boolean } | null => {
  const command = rows[at];
  if (!command) return null;
  const complete = command.takes === 'nothing' || command.takes === 'maybe a word';
  return { text: `/${command.name}${complete ? '' : ' '}`, run: complete };
};

/** Its rows at the foot of the area: how many, and the first that is shown. */
const windowOf = (area: Area, { rows, at }: Palette): { height: number; first: number } => {
  const height = Math.min(rows.length, ROWS_MAX, area.height);
  return { height, first: Math.max(0, Math.min(at - height + 1, rows.length - height)) };
};

/** The row that is drawn in a row of the screen; null for none. */
export const paletteRowAt = (area: Area, palette: Palette, y: number): number | null => {
  const { height, first } = windowOf(area, palette);
  const row = y - (area.y + area.height - height);
  return row < 0 || row >= height ? null : first + row;
};

/** Draws it at the foot of the area. */
export const drawPalette = (grid: Grid, area: Area, palette: Palette): void => {
  const { rows, at } = palette;
  const { height, first } = windowOf(area, palette);
  for (const [index, { usage, description }] of rows.slice(first, first + height).entries()) {
    const y = area.y + area.height - height + index;
    const look = first + index === at ? 'selection' : 'bar';
    fillRow(grid, area.x, y, area.width, look);
    drawText(grid, area.x, y, first + index === at ? '▸' : ' ', look);
    const cells = drawCut(grid, area.x + 1, y, usage, Math.max(LEFT, 1), look);
    const x = area.x + 1 + Math.max(LEFT, cells) + 1;
    drawCut(grid, x, y, description, area.x + area.width - x - 1, look);
  }
};
