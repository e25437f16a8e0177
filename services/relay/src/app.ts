import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { Events } from '@secure-chat/event-log/events';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { createSetAside } from '@secure-chat/event-log/set-aside';
import type { Logger } from '@secure-chat/service-kit/logger';
import { createService, type Service } from '@secure-chat/service-kit/service';
import { deriveKey } from '@secure-chat/service-kit/service-key';
import { commitCursor } from './operations/commit-cursor.ts';
import { pollKeys, pollMessages } from './operations/poll.ts';
import { sendKey, sendMessage } from './operations/send.ts';
import { followRecipients } from './recipients.ts';

export interface RelayOptions {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  readonly codecs: RecordCodecs;
  readonly serviceKey: Uint8Array;
  readonly logger: Logger;
  readonly clock: () => number;
}

export interface Relay extends Service {
  /** Rejects when `chat.users` can no longer be followed. */
  readonly failed: Promise<never>;
}

/** The relay service: owns nothing; what it appends and the cursors live in the log. Closing it leaves the log to its owner. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { events, mailboxes, codecs, serviceKey, logger, clock } = options;
  const recipients = await followRecipients({ events, mailboxes, codec: codecs.user, logger });
  const sending = { recipients, mailboxes, codecs, clock };
  const reading = { recipients, mailboxes, codecs, setAside: createSetAside(logger) };
  const service = createService({
    name: 'relay',
    operations: [
      sendMessage(sending),
      sendKey(sending),
      pollMessages(reading),
      pollKeys(reading),
      commitCursor(reading),
    ],
    logger,
    identityKey: deriveKey(serviceKey, 'internal-identity'),
    clock,
    ready: { users: async () => recipients.caughtUp().then(() => true) },
  });
  service.app.addHook('onClose', () => recipients.close());
  return { ...service, failed: recipients.failed };
}
