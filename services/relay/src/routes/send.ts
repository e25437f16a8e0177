import { randomBytes } from 'node:crypto';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import { requireCaller, type ServiceServer } from '@secure-chat/service-kit/service-server';
import { KeyExchangeRequest, Ok, SendRequest } from '@secure-chat/wire/api';
import { keyCodec, messageCodec } from '@secure-chat/wire/events';
import { isUsername, keyTopic, messageTopic } from '@secure-chat/wire/names';
import { Type } from 'typebox';
import type { Recipients } from '../recipients.ts';

export interface SendParts {
  readonly recipients: Recipients;
  readonly mailboxes: Mailboxes;
  readonly clock: () => number;
}

const RecipientParams = Type.Object({ username: Type.String() });

const makeId = (): string => randomBytes(16).toString('base64url');

/** wire contract: `POST /chat/{username}/send` and `/keyexchange`: 200 once the log has the record. */
export function addSend(app: ServiceServer, { recipients, mailboxes, clock }: SendParts): void {
  const findRecipient = async (username: string): Promise<string> => {
    if (!isUsername(username)) throw new AppError('bad_name');
    const recipient = await recipients.find(username);
    if (recipient === null) throw new AppError('unknown_user');
    return recipient;
  };

  app.post(
    '/chat/:username/send',
    { schema: { params: RecipientParams, body: SendRequest, response: { 200: Ok } } },
    async (request) => {
      const sender = requireCaller(request).username;
      const recipient = await findRecipient(request.params.username);
      const { message, id = makeId() } = request.body;
      await mailboxes.append(
        messageTopic(recipient),
        messageCodec.encode({ id, sender, message, sentAt: clock() }),
      );
      return { status: 'OK' as const };
    },
  );

  app.post(
    '/chat/:username/keyexchange',
    { schema: { params: RecipientParams, body: KeyExchangeRequest, response: { 200: Ok } } },
    async (request) => {
      const sender = requireCaller(request).username;
      const recipient = await findRecipient(request.params.username);
      const { encrypted_key: encryptedKey, id = makeId() } = request.body;
      await mailboxes.append(
        keyTopic(recipient),
        keyCodec.encode({ id, sender, encryptedKey, sentAt: clock() }),
      );
      return { status: 'OK' as const };
    },
  );
}
