import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Ok } from '@secure-chat/wire/api';
import { CURSOR_PATH, CursorCommit } from '@secure-chat/wire/internal-api';
import { type MailboxParts, ownTopic } from '../own-mailbox.ts';

/** From a gateway: the client's socket took what a poll answered. The records before the cursor may go. */
export const commitCursor = ({
  recipients,
  mailboxes,
}: Pick<MailboxParts, 'recipients' | 'mailboxes'>): Operation =>
  signedOperation({
    method: 'POST',
    path: CURSOR_PATH,
    body: CursorCommit,
    response: Ok,
    async handle({ caller, body: { mailbox, cursor } }) {
      const topic = await ownTopic(recipients, caller, mailbox);
      await Promise.all([mailboxes.commit(topic, cursor), mailboxes.trim(topic, cursor)]);
      return DONE;
    },
  });
