import type { KeyEvent } from '../terminal/key-events.ts';
import { editField } from './form-field.ts';
import type { Intent, OnIntent } from './intents.ts';
import { isKey } from './overlay.ts';
import type { Screen } from './screen.ts';
import {
  type AccountChecks,
  chosen,
  createForm,
  fieldsOf,
  moved,
  type SignInForm,
  textOf,
  turned,
  typed,
  wrongIn,
} from './sign-in-form.ts';
import { drawSignIn } from './sign-in-view.ts';
import type { SignInState } from './state.ts';

export interface SignInScreenOptions {
  readonly onIntent: OnIntent;
  readonly checks: AccountChecks;
  /** Where the account of this name lies, or will: for a person to read. */
  readonly folderOf: (username: string) => string;
}

/**
 * The form's keys: Tab and arrows move, Enter goes on or submits, F2 or Ctrl-N changes the mode, Esc goes back to the accounts
 * to choose from, Ctrl-Q quits. In a new account each field is checked when it is left.
 */
export const createSignInScreen = (
  initial: SignInState,
  { onIntent, checks, folderOf }: SignInScreenOptions,
): Screen & { update(partial: Partial<SignInState>): void } => {
  let state = initial;
  let form = createForm(initial);
  /** What is wrong with a field; it stands over the state's error. */
  let problem: string | null = null;

  const turn = (next: SignInForm): void => {
    form = next;
    problem = null;
    state = { ...state, error: null };
  };

  /** Asks whether a server is there, unless it is known to be. The person goes on meanwhile. */
  const askServer = (): void => {
    const server = textOf(form, 'server');
    const { serverCheck } = state;
    const known = serverCheck?.server === server && serverCheck.problem === null;
    if (!known && checks.server(server) === null) onIntent({ kind: 'check-server', server });
  };

  const go = (step: -1 | 1): void => {
    if (form.focus === 'server') askServer();
    // What has to be known of a new account stands there.
    if (form.mode === 'create-account') state = { ...state, reason: null };
    form = moved(form, step);
  };

  /** Goes to a neighbour; what is wrong with what was typed is said, what is not typed yet is asked for at the end. */
  const leave = (step: -1 | 1): void => {
    problem = textOf(form, form.focus) === '' ? null : wrongIn(form, form.focus, checks);
    go(step);
  };

  const submit = (): void => {
    problem = null;
    for (const field of fieldsOf(form)) {
      problem = wrongIn(form, field, checks);
      if (problem === null) continue;
      form = { ...form, focus: field };
      return;
    }
    const refusal = onIntent(intentOf(form));
    if (refusal !== null) state = { ...state, error: refusal };
  };

  const edit = (event: KeyEvent): void => {
    const next = editField(form.lines[form.focus], event);
    if (!next) return;
    form = typed(form, next);
    // It was said of what stood there before.
    problem = null;
    state = { ...state, error: null };
  };

  const hasChoice = (): boolean => state.profiles.length > 1;

  const chooseKey = (name: string): void => {
    const { length } = state.profiles;
    const username = state.profiles[form.picked];
    if (name === 'up' || name === 'down' || name === 'tab')
      form = { ...form, picked: (form.picked + (name === 'up' ? length - 1 : 1)) % length };
    else if (name === 'enter' && username !== undefined) turn(chosen(form, username));
  };

  const fieldKey = (event: Extract<KeyEvent, { kind: 'key' }>): void => {
    const { name, ctrl, alt, shift } = event;
    if (name === 'tab' && !ctrl && !alt) leave(shift ? -1 : 1);
    else if (name === 'down' || name === 'up') leave(name === 'up' ? -1 : 1);
    else if (name === 'escape' && hasChoice() && form.mode !== 'import') turn(turned(form, 'choose'));
    // Enter that was typed before the terminal was raw comes as a line feed.
    else if (name === 'enter' || (ctrl && name === 'j')) {
      problem = wrongIn(form, form.focus, checks);
      if (problem !== null) return;
      if (form.focus === fieldsOf(form).at(-1)) submit();
      else go(1);
    } else edit(event);
  };

  /** A letter says yes, and never Enter: that is what one presses without reading. */
  const answerKey = (event: KeyEvent, answer: (isYes: boolean) => Intent): void => {
    const letter = event.kind === 'text' ? event.text.toLowerCase() : '';
    if (letter === 'y') onIntent(answer(true));
    else if (letter === 'n' || isKey(event, 'escape')) onIntent(answer(false));
  };

  const key = (event: KeyEvent): void => {
    if (event.kind !== 'key') {
      if (form.mode !== 'choose') edit(event);
      return;
    }
    const { name, ctrl } = event;
    if (form.mode !== 'import' && ((ctrl && name === 'n') || name === 'f2')) {
      const other = hasChoice() ? 'choose' : 'sign-in';
      turn(turned(form, form.mode === 'create-account' ? other : 'create-account'));
    } else if (form.mode === 'choose') chooseKey(ctrl && name === 'j' ? 'enter' : name);
    else fieldKey(event);
  };

  return {
    modes: () => ['always'],
    act: (action) => {
      if (action === 'quit') onIntent({ kind: 'quit' });
    },
    key: (event) => {
      if (event.kind === 'key' && event.ctrl && event.name === 'q') onIntent({ kind: 'quit' });
      else if (state.progress !== null) return;
      else if (state.stranger) answerKey(event, (isRight) => ({ kind: 'judge-server', isRight }));
      else if (state.leftover) answerKey(event, (removes) => ({ kind: 'judge-profile', removes }));
      else key(event);
    },
    draw: (grid) => drawSignIn(grid, form, { ...state, error: problem ?? state.error }, folderOf),
    update: (partial) => {
      state = { ...state, ...partial };
      if (partial.mode !== undefined && partial.mode !== form.mode) form = turned(form, partial.mode);
      const { errorAt } = partial;
      if (errorAt === 'invite') form = { ...form, wantsInvite: true };
      if (errorAt && fieldsOf(form).includes(errorAt)) form = { ...form, focus: errorAt };
    },
  };
};

const intentOf = (form: SignInForm) => {
  const password = textOf(form, 'password');
  if (form.mode === 'import') return { kind: 'import', password } as const;
  const username = textOf(form, 'username');
  if (form.mode !== 'create-account') return { kind: 'sign-in', username, password } as const;
  const invite = form.wantsInvite ? textOf(form, 'invite') : null;
  return { kind: 'create-account', server: textOf(form, 'server'), username, password, invite } as const;
};
