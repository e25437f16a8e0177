import { createFormOverlay, type FormOverlayOptions, type TextOf } from './form-overlay.ts';
import type { Overlay } from './overlay.ts';

type FieldName = 'name' | 'password';

/** The gravest first: the smallest window shows its beginning. */
const ADVICE =
  'For ever: the server deletes the account, its sessions and keys, and messages that wait for you. Nobody can have the name again, not even you. Contacts keep what you wrote to them, and are told that you are gone when they write. Afterwards you are asked what becomes of the profile on this machine.';

export interface DeleteAccountOptions extends Pick<FormOverlayOptions<FieldName>, 'onClose' | 'tell'> {
  /** Of the account: it has to be typed. */
  readonly username: string;
  /** Null when it is begun, or a sentence. */
  readonly onSubmit: (password: string) => string | null;
}

/** Says what goes with the account, and has its name and password typed. */
export const createDeleteAccountOverlay = (options: DeleteAccountOptions): Overlay => {
  const { username, onSubmit, onClose, tell } = options;
  const wrongIn = (field: FieldName, textOf: TextOf<FieldName>): string | null => {
    if (field === 'password') return textOf('password') === '' ? 'Type the password of this profile.' : null;
    return textOf('name').trim().toLowerCase() === username.toLowerCase()
      ? null
      : `Type ${username}, the name of this account, to delete it. Esc goes back.`;
  };
  return createFormOverlay<FieldName>({
    title: `Delete the account ${username}`,
    advice: ADVICE,
    fields: [
      { name: 'name', label: 'Its name', masked: false },
      { name: 'password', label: 'Password', masked: true },
    ],
    wrongIn,
    onSubmit: (textOf) => onSubmit(textOf('password')),
    onClose,
    tell,
  });
};
