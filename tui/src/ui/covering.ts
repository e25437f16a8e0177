import type { View } from './command-actions.ts';
import { createDeleteAccountOverlay } from './delete-account-overlay.ts';
import type { OnIntent } from './intents.ts';
import { createPasswordOverlay } from './password-overlay.ts';
import { createRowsOverlay, type Rows } from './rows-overlay.ts';
import { createSearchOverlay } from './search-overlay.ts';
import { createSessionsOverlay } from './sessions-overlay.ts';
import type { Shown } from './shown.ts';
import { createSwitchOverlay } from './switch-overlay.ts';
import type { Times } from './times.ts';
import { createVerifyOverlay } from './verify-overlay.ts';

/** What is drawn over the conversation. */
export interface Covering {
  /** By a command. */
  open(view: View): void;
  /** The state's `verification` has changed. */
  verification(): void;
  /** The state's `search` has changed. */
  search(): void;
  /** The state's `sessions` have changed. */
  sessions(): void;
}

export interface CoveringOptions {
  readonly onIntent: OnIntent;
  readonly times: Times;
  /** The keys as they are set, and what each does. */
  readonly keyRows: Rows;
  /** The settings, and what is wrong with them. */
  readonly configRows: Rows;
  /** What a new password may be: null, or a sentence that says what to choose. */
  readonly checkPassword: (password: string) => string | null;
}

export const createCovering = (
  { now, change, say }: Shown,
  { onIntent, times, checkPassword, keyRows, configRows }: CoveringOptions,
): Covering => {
  const onClose = (): void => change({ overlay: null });

  const openRows = (title: string, rows: Rows): void =>
    change({ help: null, overlay: createRowsOverlay({ title, rows, onClose }) });

  const openSwitch = (): void => {
    const onTake = (contact: string): void => {
      onClose();
      const refusal = contact === now().state.selected ? null : onIntent({ kind: 'select', contact });
      if (refusal !== null) say('error', refusal);
    };
    change({
      help: null,
      overlay: createSwitchOverlay({ contacts: () => now().state.contacts, onTake, onClose }),
    });
  };

  const tell = (problem: string | null): void => {
    if (problem === null) change({ notice: null });
    else say('error', problem);
  };

  const openDeletion = (): void => {
    const { username } = now().state;
    const onSubmit = (password: string) => onIntent({ kind: 'delete-account', password });
    change({ overlay: createDeleteAccountOverlay({ username, onSubmit, onClose, tell }) });
  };

  const openPasswordForm = (): void => {
    const onSubmit = (current: string, next: string) => onIntent({ kind: 'change-password', current, next });
    change({ overlay: createPasswordOverlay({ check: checkPassword, onSubmit, onClose, tell }) });
  };

  return {
    open: (view) => {
      if (view === 'help') change({ help: 0 });
      else if (view === 'password') openPasswordForm();
      else if (view === 'delete-account') openDeletion();
      else if (view === 'switch') openSwitch();
      else if (view === 'keys') openRows('Keys', keyRows);
      else openRows('Settings', configRows);
    },
    verification: () => {
      const { verification } = now().state;
      const protection = () =>
        now().state.contacts.find(({ username }) => username === verification?.contact)?.protection ??
        'unknown';
      change({
        help: null,
        overlay: verification && createVerifyOverlay(verification, { protection, onIntent, say }),
      });
    },
    search: () => {
      const { search } = now().state;
      change({ help: null, overlay: search && createSearchOverlay(search, { onIntent, times }) });
    },
    sessions: () => {
      const { sessions } = now().state;
      change({ help: null, overlay: sessions && createSessionsOverlay(sessions, { onIntent, times, say }) });
    },
  };
};
