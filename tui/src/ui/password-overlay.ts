import { createFormOverlay, type FormOverlayOptions, type TextOf } from './form-overlay.ts';
import type { Overlay } from './overlay.ts';

type FieldName = 'current' | 'next' | 'repeat';

const MISSING: Record<FieldName, string> = {
  current: 'Type the current password.',
  next: 'Type a new password.',
  repeat: 'Type the new password again.',
};

const ADVICE =
  'Other sessions end. A file that you exported before opens with the password of that time, but signs in no more.';

export interface PasswordOptions extends Pick<FormOverlayOptions<FieldName>, 'onClose' | 'tell'> {
  /** Null, or a sentence that says what to choose. */
  readonly check: (password: string) => string | null;
  /** Null when it is begun, or a sentence. */
  readonly onSubmit: (current: string, next: string) => string | null;
}

/** The form for another password: three fields of dots. */
export const createPasswordOverlay = ({ check, onSubmit, onClose, tell }: PasswordOptions): Overlay => {
  const wrongIn = (field: FieldName, textOf: TextOf<FieldName>): string | null => {
    const text = textOf(field);
    if (text === '') return MISSING[field];
    if (field === 'next') return check(text);
    return field === 'current' || text === textOf('next')
      ? null
      : 'The two new passwords differ: type the same one twice.';
  };
  return createFormOverlay<FieldName>({
    title: 'Change the password',
    advice: ADVICE,
    fields: [
      { name: 'current', label: 'Current', masked: true },
      { name: 'next', label: 'New', masked: true },
      { name: 'repeat', label: 'Repeat', masked: true },
    ],
    wrongIn,
    onSubmit: (textOf) => onSubmit(textOf('current'), textOf('next')),
    onClose,
    tell,
  });
};
