import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { MailboxRecord } from '@secure-chat/event-log/mailboxes';
import { parseTraceparent } from '@secure-chat/service-kit/tracing/traceparent';
import type { Tracing } from '@secure-chat/service-kit/tracing/tracing';
import type { KeyRecord, MessageRecord } from '@secure-chat/wire/events';
import type { MailboxKind } from '@secure-chat/wire/internal-api';
import { encodeStreamEvent, type StreamEventData } from '@secure-chat/wire/stream-events';
import { formatTimestamp } from '@secure-chat/wire/timestamps';

/** Records as clients get them; `seq` is the offset. */
export const messageOf = (
  { id, sender, message, sentAt }: MessageRecord,
  seq: number,
): StreamEventData<'message'> => ({ sender, message, timestamp: formatTimestamp(sentAt), id, seq });

export const keyOf = (
  { id, sender, encryptedKey, sentAt }: KeyRecord,
  seq: number,
): StreamEventData<'key'> => ({
  sender,
  encrypted_key: encryptedKey,
  timestamp: formatTimestamp(sentAt),
  id,
  seq,
});

/** Told of a record that is on its way to a client. */
export type OnDelivered = (kind: MailboxKind, record: Pick<MessageRecord, 'trace'>) => void;

/** A span in the trace that wrote the record, where there is one. */
export const tracedDelivery =
  (tracing: Tracing): OnDelivered =>
  (kind, { trace }) => {
    const parent = trace ? parseTraceparent(trace) : null;
    if (parent)
      tracing
        .start(kind === 'messages' ? 'deliver message' : 'deliver key', { kind: 'consumer', parent })
        .end();
  };

/** The event under a cursor that is known when it is written. */
export type Encode = (cursor: string) => string;

/** The event of a record; null for bytes that are no such record. Throws a retryable error where a schema is missing. */
export type EventOf = (kind: MailboxKind, record: MailboxRecord) => Promise<Encode | null>;

export const createEventOf =
  ({ message, key }: Pick<RecordCodecs, 'message' | 'key'>, onDelivered: OnDelivered): EventOf =>
  async (kind, { offset, value }) => {
    if (kind === 'messages') {
      const record = await message.decode(value);
      if (record) onDelivered(kind, record);
      return record && ((cursor) => encodeStreamEvent('message', messageOf(record, offset), cursor));
    }
    const record = await key.decode(value);
    if (record) onDelivered(kind, record);
    return record && ((cursor) => encodeStreamEvent('key', keyOf(record, offset), cursor));
  };
