import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { PendingKeys, PendingMessages } from '@secure-chat/wire/api';
import { CURSOR_HEADER } from '@secure-chat/wire/internal-api';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { type MailboxParts, ownTopic, readPending } from '../own-mailbox.ts';

/**
 * The answer names the cursor that the gateway commits when the client's socket took it all; until then the same
 * records come again.
 */
const naming = (cursor: number | null): Record<string, string> =>
  cursor === null ? {} : { [CURSOR_HEADER]: String(cursor) };

/** wire contract: `GET /chat/messages`. */
export const pollMessages = (parts: MailboxParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/messages',
    response: PendingMessages,
    async handle({ caller }) {
      const topic = await ownTopic(parts.recipients, caller, 'messages');
      const { records, cursor } = await readPending(parts, topic, parts.codecs.message);
      const messages = records.map(({ record: { sender, message, sentAt, id }, seq }) => ({
        type: 'CHAT_MESSAGE' as const,
        sender,
        message,
        timestamp: formatTimestamp(sentAt),
        id,
        seq,
      }));
      return { value: { messages }, headers: naming(cursor) };
    },
  });

/** wire contract: `GET /chat/keyexchange`. */
export const pollKeys = (parts: MailboxParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/keyexchange',
    response: PendingKeys,
    async handle({ caller }) {
      const topic = await ownTopic(parts.recipients, caller, 'keys');
      const { records, cursor } = await readPending(parts, topic, parts.codecs.key);
      const keys = records.map(({ record: { sender, encryptedKey, sentAt, id }, seq }) => ({
        sender,
        encrypted_key: encryptedKey,
        timestamp: formatTimestamp(sentAt),
        id,
        seq,
      }));
      return { value: { keys }, headers: naming(cursor) };
    },
  });
