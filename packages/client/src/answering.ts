import type { ChatClient, Contact, Message } from './chat-client.ts';
import { ClientError } from './client-error.ts';

/** Messages of a contact that are looked through for those that came while a bot was away. */
const LOOKED_AT = 1_000;

const isReceived = ({ state }: Message): boolean => state === 'received';

/**
 * What a bot does: answers each message once, also those that came while it was away, and has then read it. That an answer cannot be
 * sent (it is too long for this protocol, say, or the contact's identity has changed) is passed over: there is nobody to look at it.
 * Other errors of `answer` are thrown.
 */
export function answerEach(
  client: Pick<ChatClient, 'on' | 'messages' | 'markRead'> & {
    contacts(): readonly Pick<Contact, 'username' | 'unread'>[];
  },
  answer: (message: Message) => void,
): void {
  /** A message is told of again when it is edited, say. */
  const answered = new Set<number>();

  function look(message: Message): void {
    if (!isReceived(message) || answered.has(message.id)) return;
    answered.add(message.id);
    try {
      answer(message);
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
    }
    client.markRead(message.contact);
  }

  client.on((event) => event.kind === 'message' && look(event.message));
  // Notes may stand between what came while it was away.
  for (const { username, unread } of client.contacts())
    if (unread > 0)
      client.messages(username, { limit: LOOKED_AT }).filter(isReceived).slice(-unread).forEach(look);
}
