import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import type { Position } from '../terminal/terminal.ts';
import { drawCut, drawTooSmall, drawWrapped } from './area.ts';
import { drawFormField, FORM_CELLS_MAX } from './form-field.ts';
import { drawLeftover } from './leftover-view.ts';
import { listedRows } from './listed.ts';
import { adviceOf } from './sign-in-advice.ts';
import { fieldsOf, type SignInForm, textOf } from './sign-in-form.ts';
import type { FieldName, SignInState } from './state.ts';
import { drawStranger } from './stranger-view.ts';

const LABELS: Record<FieldName, string> = {
  server: 'Server',
  username: 'User name',
  password: 'Password',
  repeat: 'Repeat',
  invite: 'Invite',
};

const TITLES: Record<SignInForm['mode'], string> = {
  'sign-in': 'Sign in',
  'create-account': 'Create an account',
  import: 'Import a profile',
  choose: 'Who are you?',
};

/** The keys that do something now. */
const keysOf = ({ mode }: SignInForm, { progress, profiles, stranger, leftover }: SignInState): string => {
  if (stranger) return 'y that is its key · n no · ^C quit';
  if (leftover && progress === null) return 'y remove them · n keep them · ^C quit';
  const others = mode === 'sign-in' && profiles.length > 1 ? ['Esc others'] : [];
  const back = profiles.length > 0 ? ['F2 sign in'] : [];
  const turn = mode === 'import' ? [] : mode === 'create-account' ? back : ['F2 new account'];
  const on = mode === 'choose' ? '↑↓ Enter pick' : 'Enter go on';
  const going = progress === null ? [on, ...others, ...turn] : [];
  return [...going, '^C quit'].join(' · ');
};

/** Where the form is: its column, its cells, and its first row. */
interface Frame {
  readonly x: number;
  readonly width: number;
  readonly top: number;
}

/** Rows that a form has at most, from its title to what is said below it. */
const FORM_ROWS = 10;
/** Cells of a sentence: more is hard to read. */
const SENTENCE_CELLS_MAX = 64;
/** Several mistakes are those of the settings. */
const WHERE_ALL = '/config shows them all, once you are in.';

/** The field of the server takes the row that says it elsewhere. */
const firstField = (top: number, { mode }: SignInForm): number => top + (mode === 'create-account' ? 2 : 3);

/** The fields; returns where the cursor stands, null while the form waits. */
const drawFields = (
  grid: Grid,
  { x, width, top }: Frame,
  form: SignInForm,
  state: SignInState,
): Position | null => {
  let cursor: Position | null = null;
  for (const [index, field] of fieldsOf(form).entries()) {
    const y = firstField(top, form) + index;
    const focused = field === form.focus && state.progress === null;
    const column = drawFormField(grid, x, y, width, {
      label: LABELS[field],
      line: form.lines[field],
      focused,
      masked: field === 'password' || field === 'repeat',
    });
    if (focused) cursor = { x: column, y };
    if (field === 'server') drawServerMark(grid, x + width + 1, y, form, state);
  }
  return cursor;
};

/** Whether what is typed is known to be a server. */
const drawServerMark = (
  grid: Grid,
  x: number,
  y: number,
  form: SignInForm,
  { serverCheck }: SignInState,
): void => {
  if (serverCheck?.server !== textOf(form, 'server')) return;
  if (serverCheck.asking) drawCut(grid, x, y, '…', 1, 'progress');
  else if (serverCheck.problem === null) drawCut(grid, x, y, '✓', 1, 'verified');
  else drawCut(grid, x, y, '✗', 1, 'error');
};

/** The profiles, the part around the picked one when they are more than rows. */
const drawProfiles = (
  grid: Grid,
  { x, width, top }: Frame,
  { picked }: SignInForm,
  profiles: readonly string[],
): void => {
  const height = Math.min(profiles.length, rowsOfProfiles(grid.height, top));
  const first = Math.max(0, Math.min(picked - Math.floor(height / 2), profiles.length - height));
  for (const [index, name] of profiles.slice(first, first + height).entries()) {
    const isPicked = first + index === picked;
    const y = top + 2 + index;
    const look = isPicked ? 'selection' : 'text';
    fillRow(grid, x, y, width, look);
    drawCut(grid, x, y, `${isPicked ? '▸' : ' '} ${name}`, width, look);
  }
};

/** Between the title, and the sentence and the keys with a blank row before each. */
const rowsOfProfiles = (height: number, top: number): number => height - top - 6;

/** Where all forms say something, a blank row below the longest; without that in a window with two rows for it at most. */
const belowFields = (height: number, top: number, form: SignInForm): number =>
  Math.max(top + 7, Math.min(firstField(top, form) + fieldsOf(form).length + 1, height - 3));

/** Below the fields or the profiles; an error may take all rows down to the keys. */
const drawSentence = (
  grid: Grid,
  { x, top }: Frame,
  form: SignInForm,
  state: SignInState,
  folderOf: (username: string) => string,
): void => {
  const y =
    form.mode === 'choose'
      ? top + 3 + Math.min(state.profiles.length, rowsOfProfiles(grid.height, top))
      : belowFields(grid.height, top, form);
  const width = Math.min(grid.width - x - 1, SENTENCE_CELLS_MAX);
  const area = { x, y, width, height: grid.height - y - 1 };
  const { progress, error, reason, serverCheck } = state;
  const away = form.mode === 'create-account' && serverCheck?.server === textOf(form, 'server');
  const problem = error ?? (away ? serverCheck.problem : null);
  if (progress !== null) drawCut(grid, x, y, `… ${progress}`, width, 'progress');
  else if (problem !== null)
    for (const [index, row] of listedRows(`! ${problem}`, area, WHERE_ALL).entries())
      drawText(grid, x, y + index, row, 'error', width);
  else if (reason !== null) drawWrapped(grid, area, reason, 'notice');
  else drawWrapped(grid, area, adviceOf(form, folderOf), 'faint');
};

/** Draws the form; returns where the cursor stands, null while the form waits. */
export const drawSignIn = (
  grid: Grid,
  form: SignInForm,
  state: SignInState,
  folderOf: (username: string) => string,
): Position | null => {
  if (drawTooSmall(grid)) return null;
  const width = Math.min(grid.width - 4, FORM_CELLS_MAX);
  const x = Math.floor((grid.width - width) / 2);
  const frame = { x, width, top: Math.floor((grid.height - FORM_ROWS) / 3) };
  drawCut(grid, x, grid.height - 1, keysOf(form, state), grid.width - x, 'faint');
  if (state.stranger || state.leftover) {
    const room = Math.min(grid.width - x - 1, SENTENCE_CELLS_MAX);
    const area = { x, y: frame.top, width: room, height: grid.height - frame.top - 1 };
    if (state.stranger) drawStranger(grid, area, state.stranger);
    else if (state.leftover) drawLeftover(grid, area, state.leftover);
    return null;
  }
  drawCut(grid, x, frame.top, TITLES[form.mode], width, 'strong');
  if (state.serverGiven && (form.mode === 'sign-in' || form.mode === 'import'))
    drawCut(grid, x, frame.top + 1, `on ${state.server}`, width, 'faint');
  const cursor = drawFields(grid, frame, form, state);
  if (form.mode === 'choose') drawProfiles(grid, frame, form, state.profiles);
  drawSentence(grid, frame, form, state, folderOf);
  return cursor;
};
