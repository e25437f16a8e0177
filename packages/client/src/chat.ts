/** What a user of the client sees: nouns and events, without how they come about. */

export type ConnectionState =
  | { kind: 'online' }
  | { kind: 'connecting' }
  /** `retryAt`: milliseconds since the epoch. `reason`: a sentence. */
  | { kind: 'offline'; retryAt: number; reason: string };

export interface Contact {
  username: string;
  /** False also while the client itself is not online. */
  online: boolean;
  unread: number;
  /** Milliseconds since the epoch, null before the first message. */
  lastMessageAt: number | null;
}

export type MessageState = 'sending' | 'sent' | 'failed' | 'received' | 'undecryptable';

export interface Message {
  /** Local and increasing: the order of the conversation. */
  id: number;
  contact: string;
  sender: string;
  /** Empty when undecryptable. As the sender wrote it: whoever draws it must sanitise it. */
  text: string;
  /** Milliseconds since the epoch: when it was written here, or reached the server. */
  at: number;
  state: MessageState;
  /** Why it failed, a sentence. */
  failure?: string;
}

export type ClientEvent =
  | { kind: 'state'; state: ConnectionState }
  | { kind: 'contacts' }
  /** New, or changed: the id tells. */
  | { kind: 'message'; message: Message };

/** After close() or logout(), calls that need the profile throw ClientError refused. */
export interface ChatClient {
  readonly username: string;
  readonly server: string;
  state(): ConnectionState;
  /** Everyone in the directory but oneself, and whoever wrote or was written to; by name. */
  contacts(): Contact[];
  /** Keeps a user of the server as a contact. Throws ClientError: bad_name, unknown_user, offline, refused. */
  addContact(name: string): Promise<Contact>;
  /** The newest `limit` messages (before the id `before`), oldest first. */
  messages(contact: string, options: { before?: number; limit: number }): Message[];
  /** Keeps the message as 'sending' and returns at once. Throws ClientError: empty, too_long, bad_name. */
  send(contact: string, text: string): Message;
  markRead(contact: string): void;
  /** Returns how to unsubscribe. A listener must not throw. */
  on(listener: (event: ClientEvent) => void): () => void;
  /** Ends the session at the server when that answers soon; closes in any case. */
  logout(): Promise<void>;
  /** Stops and closes the profile; the session stays open at the server. May be called again. */
  close(): Promise<void>;
}
