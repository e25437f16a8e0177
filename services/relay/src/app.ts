import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { Events } from '@secure-chat/event-log/events';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { createSetAside } from '@secure-chat/event-log/set-aside';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Metrics, NO_METRICS } from '@secure-chat/service-kit/metrics/metrics';
import { createService, type Service } from '@secure-chat/service-kit/service';
import type { ServiceKeys } from '@secure-chat/service-kit/service-keys';
import { NO_TRACING, type Tracing } from '@secure-chat/service-kit/tracing/tracing';
import { EPHEMERALS_MAX, EPHEMERALS_WINDOW_MS } from '@secure-chat/wire/limits';
import { USERS_TOPIC } from '@secure-chat/wire/names';
import { createMailboxRoom } from './mailbox-room.ts';
import { ack } from './operations/ack.ts';
import { commitCursor } from './operations/commit-cursor.ts';
import { ephemeral } from './operations/ephemeral.ts';
import { pollKeys, pollMessages } from './operations/poll.ts';
import { sendKey, sendMessage } from './operations/send.ts';
import { stream } from './operations/stream.ts';
import { createRateLimit } from './rate-limit.ts';
import { followRecipients } from './recipients.ts';
import { createEventOf, tracedDelivery } from './record-events.ts';
import { followPresence } from './streams/presence.ts';
import { createStreams, type Streams } from './streams/streams.ts';

export interface RelayOptions {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  readonly codecs: RecordCodecs;
  readonly serviceKeys: ServiceKeys;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

export interface Relay extends Service {
  /** Rejects when `chat.users` or `chat.presence` can no longer be followed. */
  readonly failed: Promise<never>;
}

/** The relay service: owns nothing; what it appends and the cursors live in the log. Closing it leaves the log to its owner. */
export async function createRelay(options: RelayOptions): Promise<Relay> {
  const { events, mailboxes, codecs, serviceKeys, logger, clock, metrics = NO_METRICS } = options;
  const { tracing = NO_TRACING } = options;
  // Nobody has one before this relay serves.
  let streams: Streams | null = null;
  const recipients = await followRecipients({
    events,
    mailboxes,
    codec: codecs.user,
    logger,
    onDeleted: (username) => streams?.endOf(username),
  });
  const sending = { recipients, room: createMailboxRoom({ mailboxes, clock }), codecs, clock, tracing };
  const setAside = createSetAside(logger);
  const reading = { recipients, mailboxes, codecs, setAside };
  const onDelivered = tracedDelivery(tracing);
  const eventOf = createEventOf(codecs, onDelivered);
  streams = createStreams({
    mailboxes,
    eventOf,
    setAside,
    logger,
    presenceOf: (foldedName) => presence.eventOf(foldedName),
  });
  const presence = await followPresence({
    events,
    codec: codecs.presence,
    logger,
    onChange: (changes) => streams.presenceChanged(changes),
  });
  metrics.gauge('open_streams', 'Streams of clients that are open.', () => streams.count());
  const limit = createRateLimit({ max: EPHEMERALS_MAX, windowMs: EPHEMERALS_WINDOW_MS, clock });
  const service = createService({
    name: 'relay',
    operations: [
      sendMessage(sending),
      sendKey(sending),
      pollMessages({ ...reading, onDelivered }),
      pollKeys({ ...reading, onDelivered }),
      commitCursor(reading),
      ack(reading),
      ephemeral({ recipients, streams, limit, clock }),
    ],
    streams: [stream({ recipients, mailboxes, streams })],
    logger,
    identityKeys: serviceKeys.for('internal-identity'),
    clock,
    ready: {
      users: async () => recipients.caughtUp().then(() => true),
      log: () => events.reachable(USERS_TOPIC).then(() => true),
    },
    metrics,
    tracing,
  });
  // Before the server waits for the requests that are open.
  service.app.addHook('preClose', async () => streams.close());
  service.app.addHook(
    'onClose',
    async () => void (await Promise.all([recipients.close(), presence.close()])),
  );
  const failed = Promise.race([recipients.failed, presence.failed]);
  // Whoever starts the service listens; who does not must not be ended by it.
  failed.catch(() => {});
  return { ...service, failed };
}
