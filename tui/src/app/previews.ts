import type { ChatClient, Contact, Message } from '@secure-chat/client/chat-client';
import type { Preview } from '../ui/state.ts';

/** UTF-16 units of a text that are kept: several times the widest pane. */
const TEXT_MAX = 200;

/** The last message of each contact, for the list: one row of the history is read per contact, once, and what comes is told. */
export interface Previews {
  /** Null before the first message. */
  of(contact: Contact): Preview | null;
  /** A new message, or a changed one. */
  put(message: Message): void;
  /** Messages of the contact are gone. */
  forget(contact: string): void;
}

export const createPreviews = (client: ChatClient): Previews => {
  const kept = new Map<string, { readonly id: number; readonly preview: Preview } | null>();

  const keep = (contact: string, message: Message | undefined): Preview | null => {
    const preview = message ? previewOf(message) : null;
    kept.set(contact, message && preview ? { id: message.id, preview } : null);
    return preview;
  };

  return {
    of: ({ username, lastMessageAt }) => {
      const known = kept.get(username);
      if (known !== undefined) return known?.preview ?? null;
      // Nobody has written or was written to: there is no row to look for.
      return lastMessageAt === null ? null : keep(username, client.messages(username, { limit: 1 })[0]);
    },
    put: (message) => {
      const known = kept.get(message.contact);
      // What is not known yet is read when it is asked for.
      if (known !== undefined && message.id >= (known?.id ?? 0)) keep(message.contact, message);
    },
    forget: (contact) => void kept.delete(contact),
  };
};

const previewOf = ({ sender, text, at, state, deleted }: Message): Preview => ({
  sender,
  text: text.slice(0, TEXT_MAX),
  at,
  state,
  deleted,
});
