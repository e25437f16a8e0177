import { setTimeout as delay } from 'node:timers/promises';
import type { EventSubscription, Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec, UserRecord } from '@secure-chat/wire/events';
import { foldName, USERS_TOPIC } from '@secure-chat/wire/names';
import { createMailboxMaker } from './mailbox-maker.ts';

/** Milliseconds that a question waits for topics that are being made: less than the 5 s after which a client gives up. */
const MADE_MS = 4_000;

/** The users of `chat.users`, who can be written to when their two topics are made. */
export interface Recipients {
  /**
   * The name as registered, or null. Whoever registered before the call is found, and can be written to. Throws
   * `unavailable` while the topics cannot be made.
   */
  find(username: string): Promise<string | null>;
  caughtUp(): Promise<void>;
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

export interface RecipientsParts {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  readonly codec: Codec<UserRecord>;
  readonly logger: Logger;
  /** The account is deleted; the name as registered. */
  readonly onDeleted?: (username: string) => void;
}

interface Recipient {
  readonly username: string;
  /** Null once they are. */
  making: Promise<void> | null;
}

/** Follows `chat.users`, makes topics, and removes those of deleted accounts. Resolves when every user so far can be written to. */
export async function followRecipients({
  events,
  mailboxes,
  codec,
  logger,
  onDeleted = () => {},
}: RecipientsParts): Promise<Recipients> {
  const recipients = new Map<string, Recipient>();
  const maker = createMailboxMaker(mailboxes, logger);
  let behind = true;
  /** Names whose topics go once the head is reached. */
  const gone: string[] = [];

  // In the background, and again at each start: whoever was killed, or was away, has left some.
  const remove = (usernames: readonly string[]): void => {
    maker.remove(usernames).catch((error: unknown) => logger.debug({ err: error }, 'topics are still there'));
  };

  const users = { events, topic: USERS_TOPIC, codec, logger };
  const subscription: EventSubscription = await followRecords(users, ({ record }, setAside) => {
    if (!record) return setAside();
    const { username, deletedAt = 0 } = record;
    const folded = foldName(username);
    if (deletedAt > 0) {
      recipients.delete(folded);
      onDeleted(username);
      if (behind) gone.push(username);
      else remove([username]);
      return;
    }
    if (recipients.has(folded)) return;
    const recipient: Recipient = { username, making: null };
    recipients.set(folded, recipient);
    // Until the head is reached topics are made in bulk, below.
    if (behind) return;
    recipient.making = maker.make([username]);
    const made = (): void => {
      recipient.making = null;
    };
    recipient.making.then(made, made);
  });
  await subscription.caughtUp();
  behind = false;
  await maker.make([...recipients.values()].map(({ username }) => username));
  if (gone.length > 0) remove(gone);

  return {
    async find(username) {
      const folded = foldName(username);
      if (!recipients.has(folded)) await subscription.caughtUp();
      const recipient = recipients.get(folded);
      if (recipient?.making) await inTime(recipient.making);
      return recipient?.username ?? null;
    },
    caughtUp: () => subscription.caughtUp(),
    failed: subscription.failed,
    close() {
      maker.close();
      return subscription.close();
    },
  };
}

async function inTime(making: Promise<void>): Promise<void> {
  const given = new AbortController();
  const late = delay(MADE_MS, true, { signal: given.signal }).catch(() => false);
  const isLate = await Promise.race([making.then(() => false), late]);
  given.abort();
  if (isLate) throw new AppError('unavailable');
}
