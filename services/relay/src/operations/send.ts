import { randomBytes } from 'node:crypto';
import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
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
}

const makeId = (): string => randomBytes(16).toString('base64url');

/** wire contract: `POST /chat/{username}/send`: 200 once the log has the record, `mailbox_full` where there is no room. */
export const sendMessage = ({ recipients, room, codecs, clock }: SendParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/send',
    body: SendRequest,
    response: Ok,
    async handle({ caller, username, body: { message, id = makeId() } }) {
      refuseHalfCharacters(message);
      const recipient = await findRecipient(recipients, username);
      const record = await codecs.message.encode({ id, sender: caller.username, message, sentAt: clock() });
      await room.append({ recipient, mailbox: 'messages', sender: caller.username }, record);
      return DONE;
    },
  });

/** wire contract: `POST /chat/{username}/keyexchange`: 200 once the log has the record, `mailbox_full` where there is no room. */
export const sendKey = ({ recipients, room, codecs, clock }: SendParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/keyexchange',
    body: KeyExchangeRequest,
    response: Ok,
    async handle({ caller, username, body: { encrypted_key: encryptedKey, id = makeId() } }) {
      refuseHalfCharacters(encryptedKey);
      const recipient = await findRecipient(recipients, username);
      const record = await codecs.key.encode({ id, sender: caller.username, encryptedKey, sentAt: clock() });
      await room.append({ recipient, mailbox: 'keys', sender: caller.username }, record);
      return DONE;
    },
  });
