import type { Events } from '@secure-chat/event-log/events';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import type { Logger } from '@secure-chat/service-kit/logger';
import { deriveKey } from '@secure-chat/service-kit/service-key';
import { createServiceServer, type ServiceServer } from '@secure-chat/service-kit/service-server';
import { followRecipients } from './recipients.ts';
import { addPoll } from './routes/poll.ts';
import { addSend } from './routes/send.ts';

export interface RelayOptions {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  readonly serviceKey: Uint8Array;
  readonly logger: Logger;
  readonly clock: () => number;
}

export interface Relay {
  readonly app: ServiceServer;
  /** Rejects when `chat.users` can no longer be followed. */
  readonly failed: Promise<never>;
}

/** The relay service: owns nothing; what it appends and the cursors live in the log. Closing it leaves the log to its owner. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { events, mailboxes, serviceKey, logger, clock } = options;
  const recipients = await followRecipients(events, mailboxes, logger);
  const app = createServiceServer({
    service: 'relay',
    logger,
    identityKey: deriveKey(serviceKey, 'internal-identity'),
    clock,
    ready: { users: async () => recipients.caughtUp().then(() => true) },
  });
  addSend(app, { recipients, mailboxes, clock });
  addPoll(app, { recipients, mailboxes, logger });
  app.addHook('onClose', () => recipients.close());
  return { app, failed: recipients.failed };
}
