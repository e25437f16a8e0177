import type { ChatClient, Message } from '@secure-chat/client/chat-client';

/** Messages loaded at a time: several screens. */
const PAGE = 200;

/** The loaded part of one conversation: the newest messages, and as many older ones as were asked for. */
export interface ConversationWindow {
  readonly contact: string;
  messages(): readonly Message[];
  hasOlder(): boolean;
  loadOlder(): void;
  /** Loads older ones until this one is there; nothing when it is not in the conversation. */
  loadTo(id: number): void;
  /** As much as is loaded, once more: messages were deleted. */
  reload(): void;
  /** A new message, or a changed one. */
  put(message: Message): void;
}

export function openConversation(client: ChatClient, contact: string): ConversationWindow {
  let messages = client.messages(contact, { limit: PAGE });
  let hasOlder = messages.length === PAGE;
  return {
    contact,
    messages: () => messages,
    hasOlder: () => hasOlder,
    loadOlder() {
      const [first] = messages;
      if (!first || !hasOlder) return;
      const older = client.messages(contact, { before: first.id, limit: PAGE });
      hasOlder = older.length === PAGE;
      messages = [...older, ...messages];
    },
    loadTo(id) {
      const [first] = messages;
      if (!first || id >= first.id || !hasOlder) return;
      const [target] = client.messages(contact, { before: id + 1, limit: 1 });
      if (target?.id !== id) return;
      // Twice as much at a time, until it is among them.
      let limit = messages.length;
      while ((messages[0]?.id ?? 0) > id && hasOlder) {
        limit *= 2;
        messages = client.messages(contact, { limit });
        hasOlder = messages.length === limit;
      }
    },
    reload() {
      const limit = Math.max(PAGE, messages.length);
      messages = client.messages(contact, { limit });
      hasOlder = messages.length === limit;
    },
    put(message) {
      const place = messages.findLastIndex(({ id }) => id <= message.id);
      const known = messages[place]?.id === message.id;
      // A change of a message that is not loaded is seen when it is.
      if (!known && place === -1 && hasOlder) return;
      messages = known ? messages.with(place, message) : messages.toSpliced(place + 1, 0, message);
      if (known) messages = messages.map((other) => quoting(other, message));
    },
  };
}

/** What answers a message that has changed shows it as it is now. */
const quoting = (message: Message, { id, sender, text }: Message): Message =>
  message.answers?.id === id ? { ...message, answers: { id, sender, text } } : message;
