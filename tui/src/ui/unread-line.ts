import type { ChatState, Message } from './state.ts';

/** Where the messages begin that were unread when the conversation was opened: above the message `id`. */
export interface UnreadLine {
  readonly id: number;
  /** Messages that were unread. */
  readonly count: number;
}

/** Does it count as unread when it comes? */
export const isNews = ({ sender, state }: Message, username: string): boolean =>
  sender !== username && state !== 'note' && state !== 'missing';

/** Of the selected conversation, as it is now: the unread are the newest so many that came. Null where there are none. */
export const unreadLineOf = ({ contacts, selected, messages, username }: ChatState): UnreadLine | null => {
  const count = contacts.find((contact) => contact.username === selected)?.unread ?? 0;
  let left = count;
  let first: number | null = null;
  for (let index = messages.length - 1; index >= 0 && left > 0; index -= 1) {
    const message = messages[index];
    if (!message || !isNews(message, username)) continue;
    first = message.id;
    left -= 1;
  }
  return first === null ? null : { id: first, count };
};

export const unreadLabel = ({ count }: UnreadLine): string => `${count.toLocaleString('en')} new`;
