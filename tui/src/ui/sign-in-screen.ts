import type { KeyEvent } from '../terminal/key-events.ts';
import { editField } from './form-field.ts';
import type { OnIntent } from './intents.ts';
import { EMPTY_LINE } from './line-editor.ts';
import type { Screen } from './screen.ts';
import { createForm, drawSignIn, type FieldName, fieldsOf, type SignInForm } from './sign-in-view.ts';
import type { SignInState } from './state.ts';

/** What a new account may be: each gives null, or a sentence that says what to choose. */
export interface AccountChecks {
  username(text: string): string | null;
  password(text: string): string | null;
}

export interface SignInScreenOptions {
  readonly onIntent: OnIntent;
  readonly checks: AccountChecks;
}

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

const MISSING: Record<FieldName, string> = {
  username: 'Type a user name.',
  password: 'Type a password.',
  repeat: 'Type the password again.',
};

/** What is wrong with what a field holds; null when nothing is. */
const wrongIn = ({ mode, lines }: SignInForm, field: FieldName, checks: AccountChecks): string | null => {
  const username = lines.username.text.trim();
  const password = lines.password.text;
  if ({ username, password, repeat: lines.repeat.text }[field] === '') return MISSING[field];
  // An account that exists has its name and password, whatever the rules are now.
  if (mode !== 'create-account') return null;
  if (field === 'username') return checks.username(username);
  if (field === 'password') return checks.password(password);
  return lines.repeat.text === password ? null : 'The two passwords differ: type the same one twice.';
};

/**
 * The form's keys: Tab and arrows move, Enter goes on or submits, F2 or Ctrl-N changes the mode, Ctrl-Q quits. In a new account each field is checked when it is left.
 */
export const createSignInScreen = (
  initial: SignInState,
  { onIntent, checks }: SignInScreenOptions,
): Screen & { update(partial: Partial<SignInState>): void } => {
  let state = initial;
  let form = createForm(initial);
  /** What is wrong with a field; it stands over the state's error. */
  let problem: string | null = null;

  /** Goes to a neighbour; what is wrong with what was typed is said, what is not typed yet is asked for at the end. */
  const leave = (step: -1 | 1): void => {
    problem = form.lines[form.focus].text === '' ? null : wrongIn(form, form.focus, checks);
    form = moved(form, step);
  };

  const submit = (): void => {
    problem = null;
    for (const field of fieldsOf(form.mode)) {
      problem = wrongIn(form, field, checks);
      if (problem === null) continue;
      form = { ...form, focus: field };
      return;
    }
    const { username, password } = form.lines;
    const { mode } = form;
    const refusal = onIntent(
      mode === 'import'
        ? { kind: mode, password: password.text }
        : { kind: mode, username: username.text.trim(), password: password.text },
    );
    if (refusal !== null) state = { ...state, error: refusal };
  };

  const edit = (event: KeyEvent): void => {
    const next = editField(form.lines[form.focus], event);
    if (next) form = { ...form, lines: { ...form.lines, [form.focus]: next } };
  };

  const key = (event: KeyEvent): void => {
    if (event.kind !== 'key') {
      edit(event);
      return;
    }
    const { name, ctrl, alt, shift } = event;
    if (form.mode !== 'import' && ((ctrl && name === 'n') || name === 'f2')) {
      form = toggled(form);
      state = { ...state, error: null };
      problem = null;
    } else if (name === 'tab' && !ctrl && !alt) leave(shift ? -1 : 1);
    else if (name === 'down' || name === 'up') leave(name === 'up' ? -1 : 1);
    // Enter that was typed before the terminal was raw comes as a line feed.
    else if (name === 'enter' || (ctrl && name === 'j')) {
      problem = wrongIn(form, form.focus, checks);
      if (problem !== null) return;
      if (form.focus === fieldsOf(form.mode).at(-1)) submit();
      else form = moved(form, 1);
    } else edit(event);
  };

  return {
    modes: () => ['always'],
    act: (action) => {
      if (action === 'quit') onIntent({ kind: 'quit' });
    },
    key: (event) => {
      if (event.kind === 'key' && event.ctrl && event.name === 'q') onIntent({ kind: 'quit' });
      else if (state.progress === null) key(event);
    },
    draw: (grid) => drawSignIn(grid, form, { ...state, error: problem ?? state.error }),
    update: (partial) => {
      state = { ...state, ...partial };
      if (partial.mode !== undefined && partial.mode !== form.mode) form = toggled(form);
    },
  };
};
