import { randomBytes } from 'node:crypto';
import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import { EventLogError } from '@secure-chat/event-log/errors';
import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { formatTraceparent } from '@secure-chat/service-kit/tracing/traceparent';
import { type Span, type Tracing, within } from '@secure-chat/service-kit/tracing/tracing';
import { KeyExchangeRequest, Ok, SendRequest } from '@secure-chat/wire/api';
import { findRecipient } from '../find-recipient.ts';
import type { MailboxRoom } from '../mailbox-room.ts';
import type { Recipients } from '../recipients.ts';
import { refuseHalfCharacters } from '../whole-characters.ts';

export interface SendParts {
  readonly recipients: Recipients;
  readonly room: MailboxRoom;
  readonly codecs: RecordCodecs;
  readonly clock: () => number;
  readonly tracing: Tracing;
}

/** What a record says of what wrote it: nothing where that is not recorded. */
const writtenBy = ({ context }: Span): string => (context?.sampled ? formatTraceparent(context) : '');

/** Another relay has removed the mailbox, with its account, before this one was told. */
function refuseGone(error: unknown): never {
  if (error instanceof EventLogError && error.code === 'topic_missing')
    throw new AppError('unknown_user', { cause: error });
  throw error;
}

const makeId = (): string => randomBytes(16).toString('base64url');

/** wire contract: `POST /chat/{username}/send`: 200 once the log has the record, `mailbox_full` where there is no room. */
export const sendMessage = ({ recipients, room, codecs, clock, tracing }: SendParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/send',
    body: SendRequest,
    response: Ok,
    async handle({ caller, username, body: { message, id = makeId() }, trace: parent }) {
      refuseHalfCharacters(message);
      const recipient = await findRecipient(recipients, username);
      const span = tracing.start('append message', { kind: 'producer', parent });
      const entry = { id, sender: caller.username, message, sentAt: clock(), trace: writtenBy(span) };
      const place = { recipient, mailbox: 'messages', sender: caller.username } as const;
      await within(span, async () =>
        room.append(place, await codecs.message.encode(entry)).catch(refuseGone),
      );
      return DONE;
    },
  });

/** wire contract: `POST /chat/{username}/keyexchange`: 200 once the log has the record, `mailbox_full` where there is no room. */
export const sendKey = ({ recipients, room, codecs, clock, tracing }: SendParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/keyexchange',
    body: KeyExchangeRequest,
    response: Ok,
    async handle({ caller, username, body: { encrypted_key: encryptedKey, id = makeId() }, trace: parent }) {
      refuseHalfCharacters(encryptedKey);
      const recipient = await findRecipient(recipients, username);
      const span = tracing.start('append key', { kind: 'producer', parent });
      const entry = { id, sender: caller.username, encryptedKey, sentAt: clock(), trace: writtenBy(span) };
      const place = { recipient, mailbox: 'keys', sender: caller.username } as const;
      await within(span, async () => room.append(place, await codecs.key.encode(entry)).catch(refuseGone));
      return DONE;
    },
  });
