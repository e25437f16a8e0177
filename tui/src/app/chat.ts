import {
  type ChatClient,
  ClientError,
  type ClientEvent,
  type Contact,
} from '@secure-chat/client/chat-client';
import type { Intent } from '../ui/intents.ts';
import type { ChatState, Notice } from '../ui/state.ts';
import { type ConversationWindow, openConversation } from './conversation-window.ts';

/** What a signed-in person wants of the chat; signing in and leaving are the app's. */
export type ChatIntent = Extract<Intent, { kind: 'select' | 'add-contact' | 'send' | 'load-older' }>;

/** A client joined to what the chat screen shows. */
export interface Chat {
  state(): ChatState;
  /** Null when it was done or begun, or a sentence that says what to do instead. */
  handle(intent: ChatIntent): string | null;
  /** Stops listening; the client stays open. */
  close(): void;
}

/** Opens the newest conversation, if any. `welcome` is the first notice; `show` gets every part of the state that changed. */
export function openChat(
  client: ChatClient,
  welcome: Notice,
  show: (part: Partial<ChatState>) => void,
): Chat {
  let conversation: ConversationWindow | null = null;

  const open = (contact: string): void => {
    conversation = openConversation(client, contact);
    client.markRead(contact);
  };

  const conversationPart = () => ({
    messages: conversation?.messages() ?? [],
    hasOlder: conversation?.hasOlder() ?? false,
  });

  const select = (contact: string): void => {
    open(contact);
    show({ selected: contact, contacts: client.contacts(), ...conversationPart() });
  };

  const addContact = (name: string): void => {
    show({ notice: { kind: 'info', text: `Looking for ${name} ...` } });
    client.addContact(name).then(
      (contact) => {
        show({ notice: null });
        select(contact.username);
      },
      (error: unknown) => show({ notice: { kind: 'error', text: sentenceOf(error) } }),
    );
  };

  const onEvent = (event: ClientEvent): void => {
    if (event.kind === 'state') show({ connection: event.state });
    else if (event.kind === 'contacts') show({ contacts: client.contacts() });
    else if (event.message.contact === conversation?.contact) {
      conversation.put(event.message);
      // It is on the screen: it does not count as unread.
      client.markRead(event.message.contact);
      show({ contacts: client.contacts(), ...conversationPart() });
    } else show({ contacts: client.contacts() });
  };
  const newest = newestOf(client.contacts());
  if (newest !== null) open(newest);
  const unsubscribe = client.on(onEvent);

  return {
    state: () => ({
      username: client.username,
      server: client.server,
      connection: client.state(),
      contacts: client.contacts(),
      selected: conversation?.contact ?? null,
      ...conversationPart(),
      notice: welcome,
    }),
    handle(intent) {
      try {
        if (intent.kind === 'select') select(intent.contact);
        else if (intent.kind === 'add-contact') addContact(intent.name);
        else if (intent.kind === 'send') client.send(intent.contact, intent.text);
        else if (conversation?.contact === intent.contact) {
          conversation.loadOlder();
          show(conversationPart());
        }
        return null;
      } catch (error) {
        return sentenceOf(error);
      }
    },
    close: unsubscribe,
  };
}

/** The contact of the newest message; null when nobody has written. */
function newestOf(contacts: readonly Contact[]): string | null {
  let newest: { username: string; at: number } | null = null;
  for (const { username, lastMessageAt: at } of contacts)
    if (at !== null && at > (newest?.at ?? Number.NEGATIVE_INFINITY)) newest = { username, at };
  return newest?.username ?? null;
}

export const WELCOME: Notice = { kind: 'info', text: 'Tab picks a contact, /help shows commands and keys.' };

/** What a person has to know of an account that was made just now: the folder is all of it. */
export const newAccount = (profile: string): Notice => ({
  kind: 'info',
  text: `Your account lives in ${profile}: keep a copy, no password alone brings it back.`,
});

/** The sentence for a person; what is not the client's refusal is a crash, and not hidden. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ClientError) return error.message;
  throw error;
}
