import { randomBytes } from 'node:crypto';
import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { KeyExchangeRequest, Ok, SendRequest } from '@secure-chat/wire/api';
import { isUsername, keyTopic, messageTopic } from '@secure-chat/wire/names';
import type { Recipients } from '../recipients.ts';

export interface SendParts {
  readonly recipients: Recipients;
  readonly mailboxes: Mailboxes;
  readonly codecs: RecordCodecs;
  readonly clock: () => number;
}

const makeId = (): string => randomBytes(16).toString('base64url');

/** The recipient's name as registered. Throws `bad_name`, `unknown_user`. */
async function findRecipient(recipients: Recipients, username: string): Promise<string> {
  if (!isUsername(username)) throw new AppError('bad_name');
  const recipient = await recipients.find(username);
  if (recipient === null) throw new AppError('unknown_user');
  return recipient;
}

/** Half a surrogate pair, which JSON can escape and UTF-8 cannot hold, would reach the recipient as something else. */
function refuseHalfCharacters(text: string): void {
  if (!text.isWellFormed())
    throw new AppError('bad_request', { message: 'The text holds half a character (a lone surrogate).' });
}

/** wire contract: `POST /chat/{username}/send`: 200 once the log has the record. */
export const sendMessage = ({ recipients, mailboxes, codecs, clock }: SendParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/send',
    body: SendRequest,
    response: Ok,
    async handle({ caller, username, body: { message, id = makeId() } }) {
      refuseHalfCharacters(message);
      const recipient = await findRecipient(recipients, username);
      const record = await codecs.message.encode({ id, sender: caller.username, message, sentAt: clock() });
      await mailboxes.append(messageTopic(recipient), record);
      return DONE;
    },
  });

/** wire contract: `POST /chat/{username}/keyexchange`: 200 once the log has the record. */
export const sendKey = ({ recipients, mailboxes, codecs, clock }: SendParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/:username/keyexchange',
    body: KeyExchangeRequest,
    response: Ok,
    async handle({ caller, username, body: { encrypted_key: encryptedKey, id = makeId() } }) {
      refuseHalfCharacters(encryptedKey);
      const recipient = await findRecipient(recipients, username);
      const record = await codecs.key.encode({ id, sender: caller.username, encryptedKey, sentAt: clock() });
      await mailboxes.append(keyTopic(recipient), record);
      return DONE;
    },
  });
