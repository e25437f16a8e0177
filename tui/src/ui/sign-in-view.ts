import type { Grid } from '../terminal/cells.ts';
import type { Position } from '../terminal/terminal.ts';
import { drawCut, drawTooSmall, drawWrapped } from './area.ts';
import { drawFormField, FORM_CELLS_MAX } from './form-field.ts';
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
const ADVICE: Record<SignInForm['mode'], string> = {
  'sign-in': 'Your keys and history on this machine open with your password.',
  'create-account': 'The password: 8 characters or more. Nobody can reset it: keep it well.',
  import: 'Type the password that the profile had when it was exported.',
};

const TITLES: Record<SignInForm['mode'], string> = {
  'sign-in': 'Sign in',
  'create-account': 'Create an account',
  import: 'Import a profile',
};

/** The keys beside those of every form. */
const KEYS: Record<SignInForm['mode'], string> = {
  'sign-in': 'Enter go on · F2 new account · ^C quit',
  'create-account': 'Enter go on · F2 sign in · ^C quit',
  import: 'Enter go on · ^C quit',
};

const FIELDS: Record<SignInForm['mode'], readonly FieldName[]> = {
  'sign-in': ['username', 'password'],
  'create-account': ['username', 'password', 'repeat'],
  import: ['password'],
};

export const fieldsOf = (mode: SignInForm['mode']): readonly FieldName[] => FIELDS[mode];

/** An empty form, in the first field that is to be filled. */
export const createForm = ({ mode, username }: SignInState): SignInForm => ({
  mode,
  focus: username === '' && mode !== 'import' ? 'username' : 'password',
  lines: { username: lineOf(username), password: EMPTY_LINE, repeat: EMPTY_LINE },
});

/** Draws the form; returns where the cursor stands, null while the form waits. */
export const drawSignIn = (grid: Grid, form: SignInForm, state: SignInState): Position | null => {
  if (drawTooSmall(grid)) return null;
  const width = Math.min(grid.width - 4, FORM_CELLS_MAX);
  const x = Math.floor((grid.width - width) / 2);
  const top = Math.floor((grid.height - 10) / 3);
  drawCut(grid, x, top, TITLES[form.mode], width, 'strong');
  drawCut(grid, x, top + 1, `on ${state.server}`, width, 'faint');
  let cursor: Position | null = null;
  for (const [index, field] of fieldsOf(form.mode).entries()) {
    const y = top + 3 + index;
    const focused = field === form.focus && state.progress === null;
    const column = drawFormField(grid, x, y, width, {
      label: LABELS[field],
      line: form.lines[field],
      focused,
      masked: field !== 'username',
    });
    if (focused) cursor = { x: column, y };
  }
  // An error may take all rows down to the keys.
  const says = { x, y: top + 7, width, height: grid.height - top - 8 };
  if (state.progress !== null) drawCut(grid, x, says.y, `… ${state.progress}`, width, 'progress');
  else if (state.error !== null) drawWrapped(grid, says, `! ${state.error}`, 'error');
  else if (state.reason !== null) drawWrapped(grid, says, state.reason, 'notice');
  else drawWrapped(grid, says, ADVICE[form.mode], 'faint');
  const keys = state.progress === null ? KEYS[form.mode] : '^C quit';
  drawCut(grid, x, grid.height - 1, keys, grid.width - x, 'faint');
  return cursor;
};
