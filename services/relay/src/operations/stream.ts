import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import { type StreamOperation, signedStream } from '@secure-chat/service-kit/stream-operation';
import { StreamQuery } from '@secure-chat/wire/api';
import type { Cursor } from '@secure-chat/wire/cursor';
import { decodeCursor } from '@secure-chat/wire/cursor';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';
import { ownName } from '../own-mailbox.ts';
import type { Recipients } from '../recipients.ts';
import { presenceInterest, type Streams } from '../streams/streams.ts';

export interface StreamOperationParts {
  readonly recipients: Recipients;
  readonly mailboxes: Mailboxes;
  readonly streams: Streams;
}

/** protocol: `GET /chat/stream`. */
export const stream = ({ recipients, mailboxes, streams }: StreamOperationParts): StreamOperation => {
  /** What has come already, up to the head; where the log was lost since, or nothing is said, the durable cursor. */
  async function place(topic: string, wanted: number | undefined) {
    const head = await mailboxes.head(topic);
    const from = wanted !== undefined && wanted <= head ? wanted : await mailboxes.cursor(topic);
    return { from: Math.min(from, head), head };
  }

  return signedStream({
    path: '/chat/stream',
    query: StreamQuery,
    async open({ caller, query }) {
      const wanted = wantedCursor(query.cursor);
      const username = await ownName(recipients, caller);
      const topics = { keys: keyTopic(username), messages: messageTopic(username) };
      const [keys, messages] = await Promise.all([
        place(topics.keys, wanted?.keys),
        place(topics.messages, wanted?.messages),
      ]);
      const from = { keys: keys.from, messages: messages.from };
      const heads = { keys: keys.head, messages: messages.head };
      const presence = presenceInterest(query.presence);
      return (sink) => streams.start({ username, presence, topics, from, heads, sink });
    },
  });
};

/** Null for none. Throws `bad_request`. */
function wantedCursor(text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  const cursor = decodeCursor(text);
  if (cursor === null) throw new AppError('bad_request', { message: 'That is not a cursor.' });
  return cursor;
}
