import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { PendingKeys, PendingMessages } from '@secure-chat/wire/api';
import { CURSOR_HEADER } from '@secure-chat/wire/internal-api';
import { type MailboxParts, ownTopic, readPending } from '../own-mailbox.ts';
import { keyOf, messageOf, type OnDelivered } from '../record-events.ts';

export interface PollParts extends MailboxParts {
  readonly onDelivered: OnDelivered;
}

/**
 * The answer names the cursor that the gateway commits when the client's socket took it all; until then the same
 * records come again.
 */
const naming = (cursor: number | null): Record<string, string> =>
  cursor === null ? {} : { [CURSOR_HEADER]: String(cursor) };

/** wire contract: `GET /chat/messages`. */
export const pollMessages = (parts: PollParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/messages',
    response: PendingMessages,
    async handle({ caller }) {
      const topic = await ownTopic(parts.recipients, caller, 'messages');
      const { records, cursor } = await readPending(parts, topic, parts.codecs.message);
      const messages = records.map(({ record, seq }) => {
        parts.onDelivered('messages', record);
        return { type: 'CHAT_MESSAGE' as const, ...messageOf(record, seq) };
      });
      return { value: { messages }, headers: naming(cursor) };
    },
  });

/** wire contract: `GET /chat/keyexchange`. */
export const pollKeys = (parts: PollParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/keyexchange',
    response: PendingKeys,
    async handle({ caller }) {
      const topic = await ownTopic(parts.recipients, caller, 'keys');
      const { records, cursor } = await readPending(parts, topic, parts.codecs.key);
      const keys = records.map(({ record, seq }) => {
        parts.onDelivered('keys', record);
        return keyOf(record, seq);
      });
      return { value: { keys }, headers: naming(cursor) };
    },
  });
