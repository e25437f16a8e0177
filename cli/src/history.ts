import type { ChatClient, Contact, Message } from '@secure-chat/client/chat-client';
import { isOwn } from './message-lines.ts';

/** What a profile holds already, read page by page. */

const PAGE = 200;

/** Newest first, all there is. */
function* backwards(client: ChatClient, contact: string): Generator<Message> {
  let before: number | undefined;
  for (;;) {
    const page = client.messages(contact, { limit: PAGE, ...(before !== undefined && { before }) });
    yield* page.toReversed();
    before = page[0]?.id;
    if (before === undefined) return;
  }
}

/** What counts as unread: the newest so many that came. */
export function unread(client: ChatClient, { username, unread: count }: Contact): Message[] {
  const found: Message[] = [];
  if (count === 0) return found;
  for (const message of backwards(client, username)) {
    if (!isOwn(message) && message.state !== 'note' && message.state !== 'missing') found.push(message);
    if (found.length === count) break;
  }
  return found;
}

/** Those of one's own and of the contact's that stand behind an id. */
export function after(client: ChatClient, contact: string, id: number): Message[] {
  const found: Message[] = [];
  for (const message of backwards(client, contact)) {
    if (message.id <= id) break;
    found.push(message);
  }
  return found;
}

/** The newest `count`. */
export const newest = (client: ChatClient, contact: string, count: number): Message[] =>
  count === 0 ? [] : client.messages(contact, { limit: count });

/** Each of them once, in the order of the history. */
export const inOrder = (messages: readonly Message[]): Message[] =>
  [...new Map(messages.map((message) => [message.id, message])).values()].sort((a, b) => a.id - b.id);
