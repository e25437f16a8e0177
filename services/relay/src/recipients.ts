import type { EventSubscription, Events } from '@secure-chat/event-log/events';
import { followRecords } from '@secure-chat/event-log/follow-records';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import type { Logger } from '@secure-chat/service-kit/logger';
import type { Codec, UserRecord } from '@secure-chat/wire/events';
import { foldName, keyTopic, messageTopic, USERS_TOPIC } from '@secure-chat/wire/names';

/** The users that can be written to: those of `chat.users` whose two topics exist. */
export interface Recipients {
  /** The name as registered, or null. Whoever registered before the call is found. */
  find(username: string): Promise<string | null>;
  caughtUp(): Promise<void>;
  readonly failed: Promise<never>;
  close(): Promise<void>;
}

const topicsOf = (username: string): string[] => [messageTopic(username), keyTopic(username)];

export interface RecipientsParts {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  readonly codec: Codec<UserRecord>;
  readonly logger: Logger;
}

/** Follows `chat.users` and makes topics. Resolves when every user so far can be written to. */
export async function followRecipients({
  events,
  mailboxes,
  codec,
  logger,
}: RecipientsParts): Promise<Recipients> {
  const names = new Map<string, string>();
  /** Until the head is reached topics are made in bulk: one question for all, not one a user. */
  let backlog: string[] | null = [];

  const users = { events, topic: USERS_TOPIC, codec, logger };
  const subscription: EventSubscription = await followRecords(users, async ({ record }, setAside) => {
    if (!record) return setAside();
    if (backlog) backlog.push(...topicsOf(record.username));
    else await mailboxes.create(topicsOf(record.username));
    names.set(foldName(record.username), record.username);
  });
  await subscription.caughtUp();
  const topics: string[] = backlog;
  backlog = null;
  await mailboxes.create(topics);

  return {
    async find(username) {
      const folded = foldName(username);
      if (!names.has(folded)) await subscription.caughtUp();
      return names.get(folded) ?? null;
    },
    caughtUp: () => subscription.caughtUp(),
    failed: subscription.failed,
    close: () => subscription.close(),
  };
}
