import { drawText, type Grid } from '../terminal/cells.ts';
import type { Position } from '../terminal/terminal.ts';
import { drawCut, drawTooSmall, drawWrapped } from './area.ts';
import { drawField } from './input-line.ts';
import { EMPTY_LINE, type Line, lineOf } from './line-editor.ts';
import type { SignInState } from './state.ts';

export type FieldName = 'username' | 'password' | 'repeat';

/** The form: what is typed, and which field takes the keys. */
export interface SignInForm {
  readonly mode: SignInState['mode'];
  readonly focus: FieldName;
  readonly lines: Readonly<Record<FieldName, Line>>;
}

const LABELS: Record<FieldName, string> = { username: 'User name', password: 'Password', repeat: 'Repeat' };
/** Columns of the labels, and the widest that a field gets. */
const LABEL_CELLS = 12;
const FIELD_MAX = 36;

const ADVICE: Record<SignInForm['mode'], string> = {
  'sign-in': 'Your keys and history on this machine open with your password.',
  'create-account': 'The password: 8 characters or more. Nobody can reset it: keep it well.',
};

export const fieldsOf = (mode: SignInForm['mode']): readonly FieldName[] =>
  mode === 'create-account' ? ['username', 'password', 'repeat'] : ['username', 'password'];

/** An empty form, in the first field that is to be filled. */
export const createForm = ({ mode, username }: SignInState): SignInForm => ({
  mode,
  focus: username === '' ? 'username' : 'password',
  lines: { username: lineOf(username), password: EMPTY_LINE, repeat: EMPTY_LINE },
});

/** Draws the form; returns where the cursor stands, null while the form waits. */
export const drawSignIn = (grid: Grid, form: SignInForm, state: SignInState): Position | null => {
  if (drawTooSmall(grid)) return null;
  const width = Math.min(grid.width - 4, LABEL_CELLS + FIELD_MAX + 2);
  const x = Math.floor((grid.width - width) / 2);
  const top = Math.floor((grid.height - 10) / 3);
  const creating = form.mode === 'create-account';
  drawCut(grid, x, top, creating ? 'Create an account' : 'Sign in', width, { bold: true });
  drawCut(grid, x, top + 1, `on ${state.server}`, width, { dim: true });
  let cursor: Position | null = null;
  for (const [index, field] of fieldsOf(form.mode).entries()) {
    const y = top + 3 + index;
    const focused = field === form.focus && state.progress === null;
    drawText(grid, x, y, `${focused ? '▸' : ' '} ${LABELS[field]}`, { bold: focused });
    const at = x + LABEL_CELLS;
    const cells = width - LABEL_CELLS - 2;
    drawText(grid, at, y, `[${' '.repeat(cells)}]`, { dim: !focused });
    const column = drawField(grid, at + 1, y, cells, form.lines[field], { masked: field !== 'username' });
    if (focused) cursor = { x: column, y };
  }
  // An error may take all rows down to the keys.
  const says = { x, y: top + 7, width, height: grid.height - top - 8 };
  if (state.progress !== null) drawCut(grid, x, says.y, `… ${state.progress}`, width, { colour: 'yellow' });
  else if (state.error !== null) drawWrapped(grid, says, `! ${state.error}`, { bold: true, colour: 'red' });
  else drawWrapped(grid, says, ADVICE[form.mode], { dim: true });
  const other = creating ? 'sign in' : 'new account';
  const keys = state.progress === null ? `Enter go on · F2 ${other} · ^C quit` : '^C quit';
  drawCut(grid, x, grid.height - 1, keys, grid.width - x, { dim: true });
  return cursor;
};
