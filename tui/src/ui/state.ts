/** What the views show. The app owns it; names and texts in it may be hostile, and are made harmless where they are drawn. */

export type Connection =
  | { readonly kind: 'online' }
  | { readonly kind: 'connecting' }
  /** `retryAt`: milliseconds since 1970. */
  | { readonly kind: 'offline'; readonly retryAt: number; readonly reason: string };

export interface Contact {
  readonly username: string;
  readonly online: boolean;
  readonly unread: number;
}

export interface Message {
  /** Local, increasing. */
  readonly id: number;
  readonly sender: string;
  /** Empty when undecryptable. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: 'sending' | 'sent' | 'failed' | 'received' | 'undecryptable';
  /** Why it failed, a sentence. */
  readonly failure?: string;
}

export interface Notice {
  readonly kind: 'info' | 'error';
  readonly text: string;
}

export interface SignInState {
  readonly server: string;
  readonly username: string;
  readonly mode: 'sign-in' | 'create-account';
  /** What is going on, while something is: the form waits. */
  readonly progress: string | null;
  readonly error: string | null;
}

export interface ChatState {
  readonly username: string;
  readonly server: string;
  readonly connection: Connection;
  readonly contacts: readonly Contact[];
  readonly selected: string | null;
  /** Of the selected contact, oldest first. */
  readonly messages: readonly Message[];
  /** More of them exist before the first one. */
  readonly hasOlder: boolean;
  readonly notice: Notice | null;
}
