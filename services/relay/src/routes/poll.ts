import type { Mailboxes, MailboxRecord } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Logger } from '@secure-chat/service-kit/logger';
import { requireCaller, type ServiceServer } from '@secure-chat/service-kit/service-server';
import { Ok, PendingKeys, PendingMessages } from '@secure-chat/wire/api';
import { type Codec, keyCodec, messageCodec } from '@secure-chat/wire/events';
import { CURSOR_HEADER, CURSOR_PATH, CursorCommit, type MailboxKind } from '@secure-chat/wire/internal-api';
import { POLL_BYTES_MAX, POLL_RECORDS_MAX } from '@secure-chat/wire/limits';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Recipients } from '../recipients.ts';

export interface PollParts {
  readonly recipients: Recipients;
  readonly mailboxes: Mailboxes;
  readonly logger: Logger;
}

/**
 * wire contract: `GET /chat/messages` and `/chat/keyexchange`: what waits behind the durable cursor. The answer names
 * the cursor that the gateway commits when the client's socket took it all; until then the same records come again.
 */
export function addPoll(app: ServiceServer, { recipients, mailboxes, logger }: PollParts): void {
  /** The caller's topic. Whoever registered a moment ago has it by the time this resolves. */
  const ownTopic = async (request: FastifyRequest, mailbox: MailboxKind): Promise<string> => {
    const username = await recipients.find(requireCaller(request).username);
    if (username === null) throw new AppError('unavailable');
    return mailbox === 'messages' ? messageTopic(username) : keyTopic(username);
  };

  const pending = async <T>(
    topic: string,
    codec: Codec<T>,
    reply: FastifyReply,
  ): Promise<{ record: T; seq: number }[]> => {
    const from = await mailboxes.cursor(topic);
    const waiting = await mailboxes.read(topic, { from, limit: POLL_RECORDS_MAX, maxBytes: POLL_BYTES_MAX });
    const last = waiting.at(-1);
    if (last) reply.header(CURSOR_HEADER, last.offset + 1);
    return waiting.flatMap((entry) => decode(topic, entry, codec));
  };

  const decode = <T>(topic: string, { offset, value }: MailboxRecord, codec: Codec<T>) => {
    const record = codec.decode(value);
    if (record !== null) return [{ record, seq: offset }];
    logger.error({ topic, offset }, 'a record was set aside');
    return [];
  };

  app.get('/chat/messages', { schema: { response: { 200: PendingMessages } } }, async (request, reply) => {
    const records = await pending(await ownTopic(request, 'messages'), messageCodec, reply);
    return {
      messages: records.map(({ record, seq }) => ({
        type: 'CHAT_MESSAGE' as const,
        sender: record.sender,
        message: record.message,
        timestamp: formatTimestamp(record.sentAt),
        id: record.id,
        seq,
      })),
    };
  });

  app.get('/chat/keyexchange', { schema: { response: { 200: PendingKeys } } }, async (request, reply) => {
    const records = await pending(await ownTopic(request, 'keys'), keyCodec, reply);
    return {
      keys: records.map(({ record, seq }) => ({
        sender: record.sender,
        encrypted_key: record.encryptedKey,
        timestamp: formatTimestamp(record.sentAt),
        id: record.id,
        seq,
      })),
    };
  });

  app.post(CURSOR_PATH, { schema: { body: CursorCommit, response: { 200: Ok } } }, async (request) => {
    const { mailbox, cursor } = request.body;
    const topic = await ownTopic(request, mailbox);
    await mailboxes.commit(topic, cursor);
    await mailboxes.trim(topic, cursor);
    return { status: 'OK' as const };
  });
}
