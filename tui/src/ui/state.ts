/** What the views show. The app owns it; names and texts in it may be hostile, and are made harmless where they are drawn. */

export type Connection =
  | { readonly kind: 'online' }
  | { readonly kind: 'connecting' }
  /** `retryAt`: milliseconds since 1970. */
  | { readonly kind: 'offline'; readonly retryAt: number; readonly reason: string };

/** How the messages with a contact are protected; `changed`: the key is another one, and nothing is sent. */
export type Protection = 'unknown' | 'legacy' | 'unverified' | 'verified' | 'changed';

export interface Contact {
  readonly username: string;
  readonly online: boolean;
  readonly unread: number;
  readonly protection: Protection;
  /** Seconds after which messages are deleted; 0 for never. */
  readonly timer: number;
  /** Whether the contact is writing. */
  readonly typing: boolean;
  /** Nothing is taken from them or sent to them. */
  readonly blocked: boolean;
  /** They make no noise. */
  readonly muted: boolean;
  /** They stand before the others. */
  readonly pinned: boolean;
  /** The person's own words about them. */
  readonly note: string;
  /** They have written first, and wait to be accepted: nothing tells them that somebody is here. */
  readonly request: boolean;
  /** Messages of a request that came and were not kept. */
  readonly notKept: number;
  /** Their last message or the person's, null before the first. */
  readonly last: Preview | null;
}

/** The beginning of a message, for one row. */
export type Preview = Pick<Message, 'sender' | 'text' | 'at' | 'state' | 'deleted'>;

export type MessageState =
  /** Of one's own, on this machine only. */
  | 'queued'
  /** The server has it. */
  | 'sent'
  /** The contact's client has stored it. */
  | 'delivered'
  /** The contact has seen it. */
  | 'read'
  | 'failed'
  | 'received'
  | 'undecryptable'
  /** Anybody could have forged it. */
  | 'refused'
  /** The contact sent it and it did not come: the place is kept for it. */
  | 'missing'
  /** Nobody wrote it: it says what happened to the conversation. */
  | 'note';

export interface Message {
  /** Local, increasing. */
  readonly id: number;
  readonly sender: string;
  /** Empty when undecryptable or refused. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly state: MessageState;
  /** Travelled without authentication, as older clients send. */
  readonly legacy: boolean;
  /** Why it failed, a sentence. */
  readonly failure?: string;
  /** What it waits for, a sentence. */
  readonly waiting?: string;
  /** What it answers: empty, and `id` null, for a message that is not here; null when it is no answer. */
  readonly answers: { readonly id: number | null; readonly sender: string; readonly text: string } | null;
  readonly edited: boolean;
  /** Its sender has deleted it: there is no text. */
  readonly deleted: boolean;
  readonly reactions: readonly { readonly sender: string; readonly emoji: string }[];
  /** Of `missing`: how many messages; where several share one place, they were not asked for. 1 of all others. */
  readonly count: number;
}

/** `warning`: about keys; it stays until it is dismissed. */
export interface Notice {
  readonly kind: 'info' | 'error' | 'warning';
  readonly text: string;
}

/** What two people compare. */
export interface SafetyNumber {
  /** 60 decimal digits. */
  readonly digits: string;
  /** The same number for reading aloud. */
  readonly words: readonly string[];
  /** The digits before the contact's key changed; null unless it did. */
  readonly before: string | null;
}

/** The number of a contact that is being compared. */
export interface Verification {
  readonly contact: string;
  /** Null until it is known. */
  readonly number: SafetyNumber | null;
}

/** Messages with certain words, the newest first. */
export interface SearchState {
  readonly words: string;
  /** Null until they are found. */
  readonly found: readonly { readonly contact: string; readonly message: Message }[] | null;
}

/** A session of the account; times in milliseconds since 1970. */
export interface OwnSession {
  readonly id: string;
  /** What its program calls itself. */
  readonly client: string;
  readonly openedAt: number;
  readonly seenAt: number;
  /** This program's. */
  readonly isCurrent: boolean;
}

/** The sessions of the account. */
export interface SessionsState {
  /** Null until they are known. */
  readonly sessions: readonly OwnSession[] | null;
}

/** What is filled in to sign in or to make an account. */
export type FieldName = 'server' | 'username' | 'password' | 'repeat' | 'invite';

/** A server for which nobody vouches, and that was never met before. */
export interface Stranger {
  readonly server: string;
  /** What it shows: `sha256:` and 64 hex digits. */
  readonly key: string;
}

/** The profile of an account that is deleted. */
export interface Leftover {
  readonly username: string;
  /** For a person to read. */
  readonly folder: string;
}

export interface SignInState {
  /** Address at which a new account is made, unless the person types another one. */
  readonly server: string;
  /** Whether it is meant for accounts that exist, too: they know their own. */
  readonly serverGiven: boolean;
  readonly username: string;
  /** `import`: a profile out of a file, which knows its user name. `choose`: several profiles are here. */
  readonly mode: 'sign-in' | 'create-account' | 'import' | 'choose';
  /** Names of the profiles on this machine. */
  readonly profiles: readonly string[];
  /** Why the form is shown, a sentence in place of the usual advice; null when there is nothing special. */
  readonly reason: string | null;
  /** What is going on, while something is: the form waits. */
  readonly progress: string | null;
  readonly error: string | null;
  /** The field that the error is about: the cursor goes there, and `invite` is asked for from then on. Null for none. */
  readonly errorAt: FieldName | null;
  /** What is known of the server that was asked for last: `problem` is a sentence, null for none. Null before the first. */
  readonly serverCheck: {
    readonly server: string;
    readonly asking: boolean;
    readonly problem: string | null;
  } | null;
  /** Not null while the person is asked whether it is the right server: the form waits. */
  readonly stranger: Stranger | null;
  /** Not null while the person is asked what becomes of it: the form waits. */
  readonly leftover: Leftover | null;
}

/** What a line will be, once it is submitted, if it is no message of its own; `id`: of the message that it is about. */
export interface Composing {
  readonly kind: 'reply' | 'edit';
  readonly id: number;
}

/** What is written and not sent. */
export interface Draft {
  readonly text: string;
  readonly of: Composing | null;
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
  /** More of them exist behind the last one. */
  readonly hasNewer: boolean;
  /** What was being written to the selected contact when it was left, also by an end of the program. */
  readonly draft: Draft;
  readonly notice: Notice | null;
  /** About keys, the oldest first: sentences. */
  readonly warnings: readonly string[];
  /** Not null while the person compares a safety number. */
  readonly verification: Verification | null;
  /** Not null while the person looks for a message. */
  readonly search: SearchState | null;
  /** Not null while the person looks at the sessions of the account. */
  readonly sessions: SessionsState | null;
  /** What came of the form that was submitted last, new with each; null before the first. */
  readonly answer: { readonly isDone: boolean } | null;
  /** The message that the person goes to: null for none. */
  readonly focus: number | null;
  /** Folder of an account that was made just now: what a newcomer has to know is said. Null for others. */
  readonly newcomer: string | null;
}
