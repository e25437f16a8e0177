import type { ChatClient, Message } from '@secure-chat/client/chat-client';

/** Messages loaded at a time: several screens. */
export const PAGE = 200;
/** Messages that are loaded at most: what is further away than that is let go, and read from the disk when it is wanted again. */
export const LOADED_MAX = 1_000;

/** The loaded part of one conversation: the newest messages, or those around what is being read. */
export interface ConversationWindow {
  readonly contact: string;
  messages(): readonly Message[];
  hasOlder(): boolean;
  hasNewer(): boolean;
  loadOlder(): void;
  loadNewer(): void;
  /** The first messages of the conversation, and nothing else. */
  loadOldest(): void;
  /** The last ones, and nothing else. */
  loadNewest(): void;
  /** This one and those around it; nothing when it is loaded, or not in the conversation. */
  loadTo(id: number): void;
  /** What is loaded, once more: messages were deleted. */
  reload(): void;
  /** A new message, or a changed one. */
  put(message: Message): void;
}

/** `unread`: how many of its messages are; where they begin is loaded, as far as so many are. */
export function openConversation(client: ChatClient, contact: string, unread = 0): ConversationWindow {
  let messages: readonly Message[] = [];
  let hasOlder = false;
  let hasNewer = false;
  /** Has the person gone up beyond what was loaded? Then what comes lets go of nothing that is above. */
  let wentUp = false;

  const before = (id: number, limit: number) => client.messages(contact, { before: id, limit });
  const after = (id: number, limit: number) => client.messages(contact, { after: id, limit });

  function loadNewest(limit = PAGE): void {
    messages = client.messages(contact, { limit });
    hasOlder = messages.length === limit;
    hasNewer = false;
    wentUp = false;
  }

  function letGoOfOlder(): void {
    if (messages.length <= LOADED_MAX) return;
    messages = messages.slice(-LOADED_MAX);
    hasOlder = true;
  }

  function letGoOfNewer(): void {
    if (messages.length <= LOADED_MAX) return;
    messages = messages.slice(0, LOADED_MAX);
    hasNewer = true;
  }

  loadNewest(Math.min(PAGE + unread, LOADED_MAX));
  return {
    contact,
    messages: () => messages,
    hasOlder: () => hasOlder,
    hasNewer: () => hasNewer,
    loadOlder() {
      const [first] = messages;
      if (!first || !hasOlder) return;
      const older = before(first.id, PAGE);
      hasOlder = older.length === PAGE;
      wentUp = true;
      messages = [...older, ...messages];
      letGoOfNewer();
    },
    loadNewer() {
      const last = messages.at(-1);
      if (!last || !hasNewer) return;
      const newer = after(last.id, PAGE);
      hasNewer = newer.length === PAGE;
      messages = [...messages, ...newer];
      letGoOfOlder();
    },
    loadOldest() {
      if (!hasOlder) return;
      messages = after(0, PAGE);
      hasOlder = false;
      hasNewer = messages.length === PAGE;
      wentUp = true;
    },
    loadNewest() {
      if (hasNewer) loadNewest();
    },
    loadTo(id) {
      if (messages.some((message) => message.id === id)) return;
      const older = before(id + 1, PAGE / 2);
      if (older.at(-1)?.id !== id) return;
      const newer = after(id, PAGE / 2);
      messages = [...older, ...newer];
      hasOlder = older.length === PAGE / 2;
      hasNewer = newer.length === PAGE / 2;
      wentUp = true;
    },
    reload() {
      const limit = Math.max(PAGE, messages.length);
      const [first] = messages;
      if (!hasNewer) {
        messages = client.messages(contact, { limit });
        hasOlder = messages.length === limit;
      } else if (first) {
        messages = after(first.id - 1, limit);
        hasNewer = messages.length === limit;
      }
    },
    put(message) {
      const place = messages.findLastIndex(({ id }) => id <= message.id);
      const known = messages[place]?.id === message.id;
      // What is beyond what is loaded is seen when it is loaded.
      if (!known && ((place === -1 && hasOlder) || (place === messages.length - 1 && hasNewer))) return;
      messages = known ? messages.with(place, message) : messages.toSpliced(place + 1, 0, message);
      if (known) messages = messages.map((other) => quoting(other, message));
      else if (wentUp) letGoOfNewer();
      else letGoOfOlder();
    },
  };
}

/** What answers a message that has changed shows it as it is now. */
const quoting = (message: Message, { id, sender, text }: Message): Message =>
  message.answers?.id === id ? { ...message, answers: { id, sender, text } } : message;
