import { setTimeout as delay } from 'node:timers/promises';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import type { Logger } from '@secure-chat/service-kit/logger';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';

/** Milliseconds before topics that could not be made are tried again. */
const RETRY_MS = 500;

/** Makes users' topics, many at once: who registers meanwhile waits for the next turn, not for a turn of his own. */
export interface MailboxMaker {
  /** Resolves when both topics of each user exist and take records; tries until they do. Rejects when it is closed before. */
  make(usernames: readonly string[]): Promise<void>;
  close(): void;
}

export function createMailboxMaker(mailboxes: Mailboxes, logger: Logger): MailboxMaker {
  const closing = new AbortController();
  let waiting: string[] = [];
  let next: Promise<void> | null = null;
  let current: Promise<void> = Promise.resolve();

  async function turn(): Promise<void> {
    await current.catch(() => {});
    next = null;
    const topics = waiting.flatMap((username) => [messageTopic(username), keyTopic(username)]);
    waiting = [];
    current = create(topics);
    await current;
  }

  async function create(topics: readonly string[]): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      closing.signal.throwIfAborted();
      try {
        return await mailboxes.create(topics);
      } catch (error) {
        if (failures === 0)
          logger.warn({ err: error, topics: topics.length }, 'topics could not be made yet');
      }
      await delay(RETRY_MS, undefined, { signal: closing.signal });
    }
  }

  return {
    make(usernames) {
      for (const username of usernames) waiting.push(username);
      next ??= turn();
      return next;
    },
    close: () => closing.abort(),
  };
}
