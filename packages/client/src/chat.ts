/** What a user of the client sees: nouns and events, without how they come about. */

export type ConnectionState =
  | { kind: 'online' }
  | { kind: 'connecting' }
  /** `retryAt`: milliseconds since the epoch, Infinity for never. `reason`: a sentence. `next`: what to do, or empty where that is said. */
  | { kind: 'offline'; retryAt: number; reason: string; next: string };

/** How the messages with a contact are protected. */
export type Protection =
  /** Nothing was sent or received yet. */
  | 'unknown'
  /** Wire contract v1: the contact has no identity that could be verified, and the server could read along unnoticed. */
  | 'legacy'
  /** Protocol v2, under the identity that was seen first. */
  | 'unverified'
  /** Protocol v2, under an identity that the person has compared. */
  | 'verified'
  /** The identity is another than before: nothing is sent until the person accepts it. */
  | 'changed';

/** What the person has set of a contact, for this profile alone. */
export interface ContactMarks {
  /** Nothing of what they write is shown or answered, and nothing is sent to them. */
  blocked: boolean;
  /** What they write makes no noise. */
  muted: boolean;
  /** Stands before the others. */
  pinned: boolean;
  /** The person's own words about the contact: 500 characters at most. */
  note: string;
}

export interface Contact extends ContactMarks {
  username: string;
  /** False also while the client itself is not online. */
  online: boolean;
  unread: number;
  /** Milliseconds since the epoch, null before the first message. */
  lastMessageAt: number | null;
  protection: Protection;
  /** Seconds after which messages are deleted on both sides; 0 for never. */
  timer: number;
  /** Whether the contact is writing, or was a moment ago. */
  typing: boolean;
  /** Has written first, and waits to be accepted: nothing tells them that it arrived, was read, or that anybody is here. */
  request: boolean;
  /** Messages of a request that came and were not kept: under protocol v2 they are asked for when it is accepted. */
  notKept: number;
}

/**
 * Of one's own: `queued` on this machine, `sent` when the server's log has it, `delivered` when the contact's client has stored
 * it, `read` when the contact has seen it; the last two are the contact's word, and only of protocol v2. `note`: not a message, but
 * what happened to the conversation (a timer, new keys, a repair).
 */
export type MessageState =
  | 'queued'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'received'
  | 'undecryptable'
  /** Came in a way that anybody could have forged, from a contact who writes under protocol v2: its text is not shown. */
  | 'refused'
  /** Messages that the contact sent and that did not come: one was asked for again, and takes this place when it comes. */
  | 'missing'
  | 'note';

export interface Message {
  /** Local and increasing: the order of the conversation. */
  id: number;
  contact: string;
  sender: string;
  /** Empty when undecryptable or refused. As the sender wrote it: whoever draws it must sanitise it. */
  text: string;
  /** Milliseconds since the epoch: when it was written here, or reached the server. */
  at: number;
  state: MessageState;
  /** Sent or received under wire contract v1: legacy, unauthenticated. */
  legacy: boolean;
  /** Of a contact who waits to be accepted. */
  request: boolean;
  /** Why it failed, a sentence. */
  failure?: string;
  /** Of the first one that is queued: what the server waits for before it takes it, a sentence, where it has said so. */
  waiting?: string;
  /** What it answers: `id` is null, and the rest empty, for a message that is not here; null when it is no answer. */
  answers: { id: number | null; sender: string; text: string } | null;
  /** Its text is not the first one. */
  edited: boolean;
  /** Its sender has deleted it on both sides: there is no text. */
  deleted: boolean;
  /** One of each person at most. As they were sent: whoever draws them must sanitise them. */
  reactions: readonly { sender: string; emoji: string }[];
  /** Of `missing`: how many messages share this place, and more than one are too many to be asked for; 1 of all others. */
  count: number;
}

/** What is written and not sent. */
export interface Draft {
  text: string;
  /** The message that it answers, or is a new text for; null for neither, and when that message is gone. */
  of: { kind: 'reply' | 'edit'; id: number } | null;
}

/** What is known of a conversation to be complete. */
export interface ConversationStatus {
  /** One's own messages that have not left this machine. */
  queued: number;
  /**
   * When the newest of one's own messages was written up to which the contact's client has stored every one, by its own word;
   * null when it has said nothing. Milliseconds since the epoch.
   */
  completeAt: number | null;
  /** Whether that is every message that was sent. */
  complete: boolean;
  /** Messages that were sent, and of which the contact's client has not said that it stored them. */
  unconfirmed: number;
  /** Messages of the contact that did not come. */
  missing: number;
}

/** What a person lets contacts know, and in return sees of them. */
export interface Settings {
  /** That messages were read. */
  receipts: boolean;
  /** That something is being written. */
  typing: boolean;
}

/** What two people compare. */
export interface SafetyNumber {
  /** 60 decimal digits, the same on both sides. */
  digits: string;
  /** The same number for reading aloud: 19 words. */
  words: string[];
  /** The number as it was before the contact's identity changed; null unless it did. */
  before: string | null;
}

/** A session of one's own account at the server; times in Unix milliseconds. */
export interface OwnSession {
  readonly id: string;
  /** What its program called itself: of a stranger maybe, and not harmless. */
  readonly client: string;
  readonly openedAt: number;
  /** When it was last used, to the minute. */
  readonly seenAt: number;
  /** The one of this client. */
  readonly isCurrent: boolean;
}

export type ClientEvent =
  | { kind: 'state'; state: ConnectionState }
  | { kind: 'contacts' }
  /** New, or changed: the id tells. */
  | { kind: 'message'; message: Message }
  /** Messages of this contact were deleted: what was loaded of the conversation has to be loaded again. */
  | { kind: 'deleted'; contact: string }
  /** `warnings` has grown or was cleared. */
  | { kind: 'warnings' }
  /** The session was ended from elsewhere, which the sentence says: this client signs in no more, and has to be closed. */
  | { kind: 'ended'; reason: string };

/** A part of a conversation, by ids of messages. */
export type MessageRange =
  | { readonly before?: number; readonly limit: number }
  | { readonly after: number; readonly limit: number };

/** After close() or logout(), calls that need the profile throw ClientError refused. */
export interface ChatClient {
  readonly username: string;
  readonly server: string;
  /** By which alone the server is known: `sha256:` and 64 hex digits. Null where authorities vouch for it. */
  readonly serverKey: string | null;
  state(): ConnectionState;
  /** Everyone in the directory but oneself, and whoever wrote or was written to; by name. */
  contacts(): Contact[];
  /** Keeps a user of the server as a contact; one who has written first stays a request. Throws ClientError: bad_name, unknown_user, offline, refused. */
  addContact(name: string): Promise<Contact>;
  /** Takes whoever has written first as a contact, as writing to them does. Throws ClientError refused for no request. */
  acceptRequest(contact: string): void;
  /** Drops a request with its messages: what they write later is a request again. Throws ClientError refused for no request. */
  declineRequest(contact: string): void;
  /** The newest `limit` messages (before the id `before`), or the first ones after the id `after`; oldest first. */
  messages(contact: string, options: MessageRange): Message[];
  /**
   * Messages that have each of these words, without regard to case and marks, the newest first: 200 at most, of all contacts
   * or of one.
   */
  search(words: string, contact?: string): Promise<Message[]>;
  /**
   * Keeps the message as 'queued' and returns at once. Throws ClientError: empty, too_long, bad_name,
   * identity_changed.
   */
  send(contact: string, text: string): Message;
  /**
   * Answers a message. This and the next three throw ClientError refused for a message that is not there or that it cannot be
   * said of, and identity_changed; all but this one throw legacy, since who knows wire contract v1 alone cannot be told.
   * Throws ClientError: empty, too_long.
   */
  reply(contact: string, id: number, text: string): Message;
  /** Replaces the text of one's own message. Throws ClientError: empty, too_long. */
  edit(contact: string, id: number, text: string): Message;
  /** Deletes one's own message on both sides. */
  retract(contact: string, id: number): void;
  /** One's own reaction to a message: one emoji, or null for none. */
  react(contact: string, id: number, emoji: string | null): Message;
  /** Sets some of it. Throws ClientError: bad_name, too_long. */
  setMarks(contact: string, marks: Partial<ContactMarks>): void;
  /** What is being written to the contact, over restarts; an empty text for nothing. */
  draft(contact: string): Draft;
  /** Keeps it: what is longer than a message may be is cut. Throws ClientError bad_name. */
  setDraft(contact: string, draft: Draft): void;
  /** The person has seen what is there of this conversation, up to the message `upTo` where that is given. */
  markRead(contact: string, upTo?: number): void;
  /** The person is writing to the contact, or has stopped. May be called at every key: what goes out is few. */
  setTyping(contact: string, typing: boolean): void;
  /** Throws ClientError refused for somebody who is no contact. */
  status(contact: string): ConversationStatus;
  settings(): Settings;
  setSettings(settings: Settings): void;

  /** Of this contact and oneself. Throws ClientError: legacy (there is nothing to compare), unknown_user, offline. */
  safetyNumber(contact: string): Promise<SafetyNumber>;
  /** The person has compared the number, or takes it back. Throws ClientError: legacy, identity_changed. */
  setVerified(contact: string, verified: boolean): void;
  /** Goes on under the changed identity, as one never seen before. Throws ClientError refused when none has changed. */
  acceptIdentity(contact: string): void;
  /** Starts a new key exchange with the next message. Throws ClientError legacy. */
  renewKeys(contact: string): void;
  /** Takes a new identity: everybody who has seen the old one is warned. Throws ClientError offline. */
  renewIdentity(): Promise<void>;

  /** Seconds after which further messages are deleted, here and at the contact; 0 for never. Throws ClientError: legacy. */
  setTimer(contact: string, seconds: number): void;
  /** Deletes the messages with a contact on this machine: they cannot be restored. */
  deleteHistory(contact: string): void;
  /** Writes the whole profile, encrypted under its password, to a new file. Throws ClientError refused. */
  exportProfile(file: string): Promise<void>;
  /**
   * Changes the password, and the secret by which the server knows the profile, so that older copies sign in no more; all other
   * sessions end. False where the server cannot do that: then only the password has changed. Throws ClientError: wrong_password,
   * weak_password, offline; what then holds is the old password.
   */
  changePassword(current: string, next: string): Promise<boolean>;

  /** Open sessions of the account, the one used last first. Throws ClientError: offline, refused. */
  sessions(): Promise<OwnSession[]>;
  /** Throws ClientError: offline, refused. */
  endSession(id: string): Promise<void>;
  /** Ends all but the one of this client. Throws ClientError: offline, refused. */
  endOtherSessions(): Promise<void>;
  /**
   * Deletes the account at the server, for ever; the profile stays, and opens offline from then on. Throws ClientError:
   * wrong_password, offline, refused.
   */
  deleteAccount(password: string): Promise<void>;

  /** What the person has to know about keys, the oldest first: sentences. Kept until they are cleared. */
  warnings(): string[];
  clearWarnings(): void;

  /** Until the returned function is called. Listeners must not throw. */
  on(listener: (event: ClientEvent) => void): () => void;
  /** Ends the session at the server when that answers soon; closes in any case. */
  logout(): Promise<void>;
  /** Stops and closes the profile; the session stays open at the server. May be called again. */
  close(): Promise<void>;
}
