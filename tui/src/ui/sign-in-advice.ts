import type { SignInForm } from './sign-in-form.ts';
import { textOf } from './sign-in-form.ts';

/** What a person has to know at this place of the form: a sentence or two. `folderOf`: where an account lies. */
export const adviceOf = (form: SignInForm, folderOf: (username: string) => string): string => {
  if (form.mode === 'choose') return 'These accounts are on this machine: pick yours.';
  if (form.mode === 'import') return 'Type the password that the profile had when it was exported.';
  if (form.mode === 'sign-in') return 'Your keys and history on this machine open with your password.';
  if (form.focus === 'server')
    return 'Where your messages go through; the server cannot read them. npm start brings one up on this machine.';
  if (form.focus === 'username') return 'By this name others write to you: letters, digits, _ and -.';
  if (form.focus === 'invite')
    return 'An invitation is a code. Who runs the server gives it to those who are to register.';
  const folder = folderOf(textOf(form, 'username') || 'NAME');
  return `The password: 8 characters or more. Nobody can reset it: keep it well.\nIt encrypts the folder that is your account, ${folder}: keep a copy.`;
};
