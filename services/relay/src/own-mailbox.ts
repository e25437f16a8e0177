import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import type { SetAside } from '@secure-chat/event-log/set-aside';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import type { Codec } from '@secure-chat/wire/events';
import type { MailboxKind } from '@secure-chat/wire/internal-api';
import { POLL_BYTES_MAX, POLL_RECORDS_MAX } from '@secure-chat/wire/limits';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';
import type { Recipients } from './recipients.ts';

export interface MailboxParts {
  readonly recipients: Recipients;
  readonly mailboxes: Mailboxes;
  readonly codecs: RecordCodecs;
  readonly setAside: SetAside;
}

export interface Pending<T> {
  readonly records: readonly { readonly record: T; readonly seq: number }[];
  /** The cursor behind what was read; null when nothing waits. */
  readonly cursor: number | null;
}

/** The caller's name as registered. Whoever registered a moment ago has both topics by the time this resolves. */
export async function ownName(recipients: Recipients, caller: Caller): Promise<string> {
  const username = await recipients.find(caller.username);
  if (username === null) throw new AppError('unavailable');
  return username;
}

export const topicOf = (username: string, mailbox: MailboxKind): string =>
  mailbox === 'messages' ? messageTopic(username) : keyTopic(username);

/** The caller's topic. */
export async function ownTopic(
  recipients: Recipients,
  caller: Caller,
  mailbox: MailboxKind,
): Promise<string> {
  const username = await ownName(recipients, caller);
  return topicOf(username, mailbox);
}

/**
 * A page of what waits behind the durable cursor. A record that does not decode is set aside, and the reader goes on.
 * Throws a retryable error while the schema of one cannot be had: the cursor stays, and the page comes again.
 */
export async function readPending<T>(
  { mailboxes, setAside }: Pick<MailboxParts, 'mailboxes' | 'setAside'>,
  topic: string,
  codec: Codec<T>,
): Promise<Pending<T>> {
  const from = await mailboxes.cursor(topic);
  const waiting = await mailboxes.read(topic, { from, limit: POLL_RECORDS_MAX, maxBytes: POLL_BYTES_MAX });
  const records: { record: T; seq: number }[] = [];
  for (const { offset, value } of waiting) {
    const record = await codec.decode(value);
    if (record !== null) records.push({ record, seq: offset });
    else setAside(topic, offset);
  }
  const last = waiting.at(-1);
  return { records, cursor: last ? last.offset + 1 : null };
}
