import type { KeyEvent } from '../terminal/key-events.ts';
import { editKey } from './edit-keys.ts';
import type { OnIntent } from './intents.ts';
import { EMPTY_LINE } from './line-editor.ts';
import type { Screen } from './screen.ts';
import { createForm, drawSignIn, type FieldName, fieldsOf, type SignInForm } from './sign-in-view.ts';
import type { SignInState } from './state.ts';

/** UTF-16 units of a field: far above any name or password that a person types. */
const FIELD_MAX = 1024;

/** The field before or after, around the ends. */
const moved = (form: SignInForm, step: -1 | 1): SignInForm => {
  const fields = fieldsOf(form.mode);
  const at = fields.indexOf(form.focus) + step + fields.length;
  return { ...form, focus: fields[at % fields.length] ?? 'username' };
};

const toggled = (form: SignInForm): SignInForm => ({
  ...form,
  mode: form.mode === 'sign-in' ? 'create-account' : 'sign-in',
  focus: form.focus === 'repeat' ? 'password' : form.focus,
  lines: { ...form.lines, repeat: EMPTY_LINE },
});

const missing = ({ mode, lines }: SignInForm): { field: FieldName; error: string } | null => {
  if (lines.username.text.trim() === '') return { field: 'username', error: 'Type a user name.' };
  if (lines.password.text === '') return { field: 'password', error: 'Type a password.' };
  if (mode === 'create-account' && lines.repeat.text !== lines.password.text)
    return {
      field: 'repeat',
      error:
        lines.repeat.text === ''
          ? 'Type the password again.'
          : 'The two passwords differ: type the same one twice.',
    };
  return null;
};

/** The form's keys: Tab and arrows move, Enter goes on or submits, F2 or Ctrl-N changes the mode, Ctrl-C or Ctrl-Q quits. */
export const createSignInScreen = (
  initial: SignInState,
  onIntent: OnIntent,
): Screen & { update(partial: Partial<SignInState>): void } => {
  let state = initial;
  let form = createForm(initial);

  const submit = (): void => {
    const lack = missing(form);
    if (lack) {
      form = { ...form, focus: lack.field };
      state = { ...state, error: lack.error };
      return;
    }
    const { username, password } = form.lines;
    const refusal = onIntent({ kind: form.mode, username: username.text.trim(), password: password.text });
    if (refusal !== null) state = { ...state, error: refusal };
  };

  const edit = (event: KeyEvent): void => {
    const line = form.lines[form.focus];
    // A password copied with its line end is the password.
    const typed = event.kind === 'key' ? event : { ...event, text: event.text.split('\n')[0] ?? '' };
    const next = editKey(line, typed);
    if (next && next.text.length <= FIELD_MAX)
      form = { ...form, lines: { ...form.lines, [form.focus]: next } };
  };

  const key = (event: KeyEvent): void => {
    if (event.kind !== 'key') {
      edit(event);
      return;
    }
    const { name, ctrl, alt, shift } = event;
    if ((ctrl && name === 'n') || name === 'f2') {
      form = toggled(form);
      state = { ...state, error: null };
    } else if (name === 'tab' && !ctrl && !alt) form = moved(form, shift ? -1 : 1);
    else if (name === 'down' || name === 'up') form = moved(form, name === 'up' ? -1 : 1);
    // Enter that was typed before the terminal was raw comes as a line feed.
    else if (name === 'enter' || (ctrl && name === 'j')) {
      const fields = fieldsOf(form.mode);
      const filled = form.lines[form.focus].text !== '';
      if (filled && form.focus !== fields.at(-1)) form = moved(form, 1);
      else submit();
    } else edit(event);
  };

  return {
    key: (event) => {
      if (event.kind === 'key' && event.ctrl && (event.name === 'c' || event.name === 'q')) {
        onIntent({ kind: 'quit' });
      } else if (state.progress === null) key(event);
    },
    draw: (grid) => drawSignIn(grid, form, state),
    update: (partial) => {
      state = { ...state, ...partial };
      if (partial.mode !== undefined && partial.mode !== form.mode) form = toggled(form);
    },
  };
};
