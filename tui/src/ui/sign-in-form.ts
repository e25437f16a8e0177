import { EMPTY_LINE, type Line, lineOf } from './line-editor.ts';
import type { FieldName, SignInState } from './state.ts';

/** The form: what is typed, and which field takes the keys. */
export interface SignInForm {
  readonly mode: SignInState['mode'];
  readonly focus: FieldName;
  /** Whether the server wants an invitation: its field is there only then. */
  readonly wantsInvite: boolean;
  readonly lines: Readonly<Record<FieldName, Line>>;
  /** Of the profiles to choose from: which one is picked. */
  readonly picked: number;
}

/** What a new account may be: each gives null, or a sentence that says what to choose. */
export interface AccountChecks {
  server(text: string): string | null;
  username(text: string): string | null;
  password(text: string): string | null;
  invite(text: string): string | null;
}

const FIELDS: Record<SignInForm['mode'], readonly FieldName[]> = {
  'sign-in': ['username', 'password'],
  'create-account': ['server', 'username', 'password', 'repeat'],
  import: ['password'],
  choose: [],
};

const INVITED: readonly FieldName[] = [...FIELDS['create-account'], 'invite'];

export const fieldsOf = ({ mode, wantsInvite }: Pick<SignInForm, 'mode' | 'wantsInvite'>) =>
  mode === 'create-account' && wantsInvite ? INVITED : FIELDS[mode];

/** An empty form, in the first field that is to be filled. */
export const createForm = ({ mode, username, server, serverGiven }: SignInState): SignInForm => {
  const first = mode === 'create-account' && !serverGiven ? 'server' : 'username';
  return {
    mode,
    focus: username === '' && mode !== 'import' ? first : 'password',
    wantsInvite: false,
    lines: {
      server: lineOf(server),
      username: lineOf(username),
      password: EMPTY_LINE,
      repeat: EMPTY_LINE,
      invite: EMPTY_LINE,
    },
    picked: 0,
  };
};

/** The field before or after, around the ends. */
export const moved = (form: SignInForm, step: -1 | 1): SignInForm => {
  const fields = fieldsOf(form);
  const at = fields.indexOf(form.focus) + step + fields.length;
  return { ...form, focus: fields[at % fields.length] ?? 'username' };
};

/** The form in another mode: what is typed stays, but for the password that was to be the same. */
export const turned = (form: SignInForm, mode: SignInForm['mode']): SignInForm => ({
  ...form,
  mode,
  focus: form.focus === 'server' ? 'username' : form.focus === 'username' ? 'username' : 'password',
  lines: { ...form.lines, repeat: EMPTY_LINE },
});

/** Signs in as one of those to choose from. */
export const chosen = (form: SignInForm, username: string): SignInForm => ({
  ...form,
  mode: 'sign-in',
  focus: 'password',
  lines: { ...form.lines, username: lineOf(username), password: EMPTY_LINE },
});

/** The form with what is typed in the field that takes the keys; another server may want no invitation. */
export const typed = (form: SignInForm, line: Line): SignInForm => ({
  ...form,
  wantsInvite: form.wantsInvite && form.focus !== 'server',
  lines: { ...form.lines, [form.focus]: line },
});

/** What is typed there; blanks around it count in a password alone. */
export const textOf = ({ lines }: SignInForm, field: FieldName): string =>
  field === 'password' || field === 'repeat' ? lines[field].text : lines[field].text.trim();

const MISSING: Record<FieldName, string> = {
  server: 'Type the address of a server, such as http://127.0.0.1:8000.',
  username: 'Type a user name.',
  password: 'Type a password.',
  repeat: 'Type the password again.',
  invite: 'Type the code of the invitation.',
};

/** What is wrong with what a field holds; null when nothing is. */
export const wrongIn = (form: SignInForm, field: FieldName, checks: AccountChecks): string | null => {
  const text = textOf(form, field);
  if (text === '') return MISSING[field];
  // An account that exists has its name and password, whatever the rules are now.
  if (form.mode !== 'create-account') return null;
  if (field !== 'repeat') return checks[field](text);
  return text === textOf(form, 'password') ? null : 'The two passwords differ: type the same one twice.';
};
