import { setTimeout as delay } from 'node:timers/promises';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import type { Logger } from '@secure-chat/service-kit/logger';
import { keyTopic, messageTopic } from '@secure-chat/wire/names';

/** Milliseconds before topics that could not be made are tried again. */
const RETRY_MS = 500;

/**
 * Makes users' topics, many at once: who registers meanwhile waits for the next turn, not for a turn of his own. Removes those of deleted
 * accounts.
 */
export interface MailboxMaker {
  /** Resolves when both topics of each user exist and take records; tries until they do. Rejects when it is closed before. */
  make(usernames: readonly string[]): Promise<void>;
  /** Resolves when none of their topics is left; tries until then, behind what is being made. Rejects when it is closed before. */
  remove(usernames: readonly string[]): Promise<void>;
  close(): void;
}

const topicsOf = (usernames: readonly string[]): string[] =>
  usernames.flatMap((username) => [messageTopic(username), keyTopic(username)]);

export function createMailboxMaker(mailboxes: Mailboxes, logger: Logger): MailboxMaker {
  const closing = new AbortController();
  let waiting: string[] = [];
  let next: Promise<void> | null = null;
  let current: Promise<void> = Promise.resolve();

  async function turn(): Promise<void> {
    await current.catch(() => {});
    next = null;
    const topics = topicsOf(waiting);
    waiting = [];
    current = until(() => mailboxes.create(topics), topics.length, 'topics could not be made yet');
    await current;
  }

  async function until(action: () => Promise<void>, topics: number, failed: string): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      closing.signal.throwIfAborted();
      try {
        return await action();
      } catch (error) {
        if (failures === 0) logger.warn({ err: error, topics }, failed);
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
    async remove(usernames) {
      await (next ?? current).catch(() => {});
      const topics = topicsOf(usernames);
      await until(() => mailboxes.delete(topics), topics.length, 'topics could not be removed yet');
    },
    close: () => closing.abort(),
  };
}
