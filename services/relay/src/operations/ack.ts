import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { AckRequest, Ok } from '@secure-chat/wire/api';
import { decodeCursor } from '@secure-chat/wire/cursor';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';
import { type MailboxParts, ownName } from '../own-mailbox.ts';

/** protocol: `POST /chat/ack`. 200 once both cursors are durable; the records before them may go. */
export const ack = ({ recipients, mailboxes }: Pick<MailboxParts, 'recipients' | 'mailboxes'>): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/ack',
    body: AckRequest,
    response: Ok,
    async handle({ caller, body }) {
      const cursor = decodeCursor(body.cursor);
      if (cursor === null) throw new AppError('bad_request', { message: 'That is not a cursor.' });
      const username = await ownName(recipients, caller);
      const places = [
        [keyTopic(username), cursor.keys],
        [messageTopic(username), cursor.messages],
      ] as const;
      // At once, which is one flush: who acknowledges has stored what is trimmed, whatever becomes of the cursor.
      await Promise.all(
        places.flatMap(([topic, offset]) => [mailboxes.commit(topic, offset), mailboxes.trim(topic, offset)]),
      );
      return DONE;
    },
  });
