import type { Contact, Draft } from './state.ts';

/** What can be switched on and off, for all contacts and both ways. */
export type Setting = 'receipts' | 'typing';

/** What is set of a contact. */
export type Marks = Pick<Contact, 'blocked' | 'muted' | 'pinned' | 'note'>;

/** What the person wants: the UI says it, the app does it. */
export type Intent =
  | { readonly kind: 'sign-in'; readonly username: string; readonly password: string }
  | {
      readonly kind: 'create-account';
      readonly server: string;
      readonly username: string;
      readonly password: string;
      /** The code of an invitation, where the server wants one; else null. */
      readonly invite: string | null;
    }
  /** Is a server there? The state's `serverCheck`, from now on. */
  | { readonly kind: 'check-server'; readonly server: string }
  /** Is the state's `stranger` the right server? */
  | { readonly kind: 'judge-server'; readonly isRight: boolean }
  /** Is the state's `leftover` to go? */
  | { readonly kind: 'judge-profile'; readonly removes: boolean }
  /** Of the profile in the file that the app was started with. */
  | { readonly kind: 'import'; readonly password: string }
  /** Another conversation is on the screen: load its messages. */
  | { readonly kind: 'select'; readonly contact: string }
  /** `/contact NAME`: the name as typed; it may not exist. */
  | { readonly kind: 'add-contact'; readonly name: string }
  | { readonly kind: 'send'; readonly contact: string; readonly text: string }
  /** `id`: of a message of the contact's conversation. */
  | { readonly kind: 'reply'; readonly contact: string; readonly id: number; readonly text: string }
  | { readonly kind: 'edit'; readonly contact: string; readonly id: number; readonly text: string }
  | { readonly kind: 'retract'; readonly contact: string; readonly id: number }
  /** `emoji`: null for none. */
  | { readonly kind: 'react'; readonly contact: string; readonly id: number; readonly emoji: string | null }
  | { readonly kind: 'mark'; readonly contact: string; readonly marks: Partial<Marks> }
  /** What stands in the input, and is not sent. */
  | { readonly kind: 'draft'; readonly contact: string; readonly draft: Draft }
  /** The person is writing to the contact, or has stopped. */
  | { readonly kind: 'typing'; readonly contact: string; readonly typing: boolean }
  /** The contact's messages up to this one have been on the screen. */
  | { readonly kind: 'seen'; readonly contact: string; readonly upTo: number }
  /** The top of what is loaded is on the screen, and more exists. */
  | { readonly kind: 'load-older'; readonly contact: string }
  /** The bottom of what is loaded is on the screen, and more exists below. */
  | { readonly kind: 'load-newer'; readonly contact: string }
  /** The person goes to the first message of all, or to the last one, and it is not loaded. */
  | { readonly kind: 'load-oldest' | 'load-newest'; readonly contact: string }
  /** Show the safety number: the state's `verification`, from now on. */
  | { readonly kind: 'verify'; readonly contact: string }
  | { readonly kind: 'close-verification' }
  /** Show messages with these words: the state's `search`, from now on. */
  | { readonly kind: 'search'; readonly words: string }
  | { readonly kind: 'close-search' }
  /** Open the conversation at this message: the state's `focus`. */
  | { readonly kind: 'go-to'; readonly contact: string; readonly id: number }
  | { readonly kind: 'set-verified'; readonly contact: string; readonly verified: boolean }
  | { readonly kind: 'accept-identity'; readonly contact: string }
  /** Of somebody who wrote first. */
  | { readonly kind: 'accept-request' | 'decline-request'; readonly contact: string }
  | { readonly kind: 'renew-keys'; readonly contact: string }
  | { readonly kind: 'renew-identity' }
  /** `seconds`: 0 for never. */
  | { readonly kind: 'set-timer'; readonly contact: string; readonly seconds: number }
  | { readonly kind: 'delete-history'; readonly contact: string }
  /** The path as typed. */
  | { readonly kind: 'export'; readonly file: string }
  | { readonly kind: 'change-password'; readonly current: string; readonly next: string }
  | { readonly kind: 'delete-account'; readonly password: string }
  /** Show the sessions of the account: the state's `sessions`, from now on. */
  | { readonly kind: 'sessions' | 'close-sessions' | 'end-other-sessions' }
  | { readonly kind: 'end-session'; readonly id: string }
  /** Say what is known of the conversation to be complete. */
  | { readonly kind: 'status'; readonly contact: string }
  /** `on`: null to say how it is. */
  | { readonly kind: 'setting'; readonly setting: Setting; readonly on: boolean | null }
  /** All warnings have been shown and dismissed. */
  | { readonly kind: 'clear-warnings' }
  | { readonly kind: 'lock' }
  | { readonly kind: 'logout' }
  | { readonly kind: 'quit' }
  /** In the person's own editor; what comes of it is written into the input. */
  | { readonly kind: 'write-outside'; readonly text: string }
  /** Ctrl-Z. */
  | { readonly kind: 'suspend' };

/**
 * Does what the person wants, or refuses at once with a sentence that says what to do: then the sentence is shown, and
 * what was typed stays. What goes wrong later is told by the state's `notice` or `error`.
 */
export type OnIntent = (intent: Intent) => string | null;
