import type { ChatClient } from '@secure-chat/client/chat-client';
import type { Intent, Marks } from '../ui/intents.ts';

/** What is said of messages that are there, what is set of contacts, and who becomes one. */
export type MessageIntent = Extract<
  Intent,
  { kind: 'reply' | 'edit' | 'retract' | 'react' | 'mark' | 'accept-request' | 'decline-request' }
>;

/** Does it at the client, and says what is not seen by itself. Throws ClientError for what is refused. */
export const createMessageCommands =
  (client: ChatClient, inform: (text: string) => void): ((intent: MessageIntent) => void) =>
  (intent) => {
    const { contact } = intent;
    switch (intent.kind) {
      case 'reply':
        client.reply(contact, intent.id, intent.text);
        return;
      case 'edit':
        client.edit(contact, intent.id, intent.text);
        return;
      case 'retract':
        client.retract(contact, intent.id);
        return;
      case 'react':
        client.react(contact, intent.id, intent.emoji);
        return;
      case 'accept-request':
        client.acceptRequest(contact);
        inform(`${contact} is a contact now, and sees what you have read.`);
        return;
      case 'decline-request':
        client.declineRequest(contact);
        inform(`The request of ${contact} is gone. What ${contact} writes later is one again.`);
        return;
      case 'mark':
        client.setMarks(contact, intent.marks);
        inform(markedText(contact, intent.marks));
    }
  };

function markedText(contact: string, { blocked, muted, pinned, note }: Partial<Marks>): string {
  if (blocked !== undefined)
    return blocked
      ? `${contact} is blocked: nothing is taken or sent.`
      : `${contact} is not blocked any more.`;
  if (muted !== undefined) return muted ? `${contact} makes no noise.` : `${contact} makes noise again.`;
  if (pinned !== undefined)
    return pinned ? `${contact} stands first.` : `${contact} stands among the others.`;
  return note === '' ? `The note about ${contact} is gone.` : `Noted about ${contact}, for you alone.`;
}
