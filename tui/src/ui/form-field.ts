import { drawText, type Grid } from '../terminal/cells.ts';
import type { KeyEvent } from '../terminal/key-events.ts';
import { editKey } from './edit-keys.ts';
import { drawField } from './input-line.ts';
import type { Line } from './line-editor.ts';

/** Columns of the labels, and the widest that a field gets. */
const LABEL_CELLS = 12;
const FIELD_CELLS_MAX = 36;
/** Cells of a form with room for its widest field. */
export const FORM_CELLS_MAX = LABEL_CELLS + FIELD_CELLS_MAX + 2;

/** UTF-16 units of a field: far above any name or password that a person types. */
const FIELD_MAX = 1024;

/** The line after a key; null where it is none of a field's, or the field is full. */
export const editField = (line: Line, event: KeyEvent): Line | null => {
  // A password copied with its line end is the password.
  const typed = event.kind === 'key' ? event : { ...event, text: event.text.split('\n')[0] ?? '' };
  const next = editKey(line, typed);
  return next && next.text.length <= FIELD_MAX ? next : null;
};

export interface FormField {
  readonly label: string;
  readonly line: Line;
  readonly focused: boolean;
  readonly masked: boolean;
}

/** Draws a field with its label in a form `width` wide; returns the column of the cursor. */
export const drawFormField = (grid: Grid, x: number, y: number, width: number, field: FormField): number => {
  const { label, line, focused, masked } = field;
  drawText(grid, x, y, `${focused ? '▸' : ' '} ${label}`, focused ? 'strong' : 'text');
  const cells = width - LABEL_CELLS - 2;
  drawText(grid, x + LABEL_CELLS, y, `[${' '.repeat(cells)}]`, focused ? 'text' : 'frame');
  return drawField(grid, x + LABEL_CELLS + 1, y, cells, line, { masked });
};
