import { randomUUID } from 'node:crypto';
import type { Logger } from '@secure-chat/service-kit/logger';
import { PRESENCE_SEEN_MAX, PRESENCE_SEEN_PATH } from '@secure-chat/wire/internal-api';
import type { Upstream } from './upstream.ts';

/** Milliseconds between two reports: a user counts as online for 6 s, so that one that is lost does not matter. */
const REPORT_MS = 2_000;
/** Milliseconds for which streams that open are collected: others are to hear of it within a second. */
const OPENED_MS = 50;

/** Tells the directory who has a stream open, in batches. */
export interface StreamPresence {
  opened(username: string): void;
  closed(username: string): void;
  close(): void;
}

export function createStreamPresence(
  directory: Pick<Upstream, 'call'>,
  logger: Logger,
  reportMs = REPORT_MS,
): StreamPresence {
  /** Names, and how many streams each has. */
  const open = new Map<string, number>();
  let fresh = new Set<string>();
  let soon: NodeJS.Timeout | undefined;

  const report = async (all: readonly string[]): Promise<void> => {
    for (let start = 0; start < all.length; start += PRESENCE_SEEN_MAX) {
      const body = Buffer.from(JSON.stringify({ usernames: all.slice(start, start + PRESENCE_SEEN_MAX) }));
      const call = { method: 'POST', path: PRESENCE_SEEN_PATH, username: '', caller: null, body } as const;
      const { status } = await directory.call({ ...call, requestId: randomUUID() });
      if (status !== 200) throw new Error(`the directory answered ${status}`);
    }
  };
  const reportOrWarn = (all: readonly string[]): void => {
    report(all).catch((error: unknown) =>
      logger.warn({ err: error }, 'the presence of streams was not reported; the next report has it'),
    );
  };
  const timer = setInterval(() => reportOrWarn([...open.keys()]), reportMs).unref();

  return {
    opened(username) {
      open.set(username, (open.get(username) ?? 0) + 1);
      fresh.add(username);
      soon ??= setTimeout(() => {
        soon = undefined;
        reportOrWarn([...fresh]);
        fresh = new Set();
      }, OPENED_MS).unref();
    },
    closed(username) {
      const left = (open.get(username) ?? 0) - 1;
      if (left > 0) open.set(username, left);
      else open.delete(username);
    },
    close() {
      clearInterval(timer);
      clearTimeout(soon);
    },
  };
}
