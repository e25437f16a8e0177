import { randomUUID } from 'node:crypto';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import type { Logger } from '@secure-chat/service-kit/logger';
import {
  PRESENCE_LEFT_MAX,
  PRESENCE_SEEN_MAX,
  PRESENCE_SEEN_PATH,
  type PresenceSeen,
} from '@secure-chat/wire/internal-api';
import { pagesOf } from './pages.ts';
import type { Upstream } from './upstream.ts';

/** Milliseconds between two reports: a user counts as online for 6 s, so that one that is lost does not matter. */
const REPORT_MS = 2_000;
/** Milliseconds for which streams that open are collected: others are to hear of it within a second. */
const OPENED_MS = 50;
/** Milliseconds for which who left may open another stream here before others hear of it, within a second. */
const LEFT_MS = 300;

/** Tells the directory who has a stream open, in batches. */
export interface StreamPresence {
  opened(username: string): void;
  closed(username: string): void;
  /** After `closed`: the client, or the end of its session, closed the stream. One that was lost may come back. */
  left(caller: Caller): void;
  close(): void;
}

export interface StreamPresenceTimes {
  readonly reportMs?: number;
  readonly leftMs?: number;
}

export function createStreamPresence(
  directory: Pick<Upstream, 'call'>,
  logger: Logger,
  { reportMs = REPORT_MS, leftMs = LEFT_MS }: StreamPresenceTimes = {},
): StreamPresence {
  const gateway = randomUUID();
  /** Names, and how many streams each has. */
  const open = new Map<string, number>();
  let fresh = new Set<string>();
  let gone: Caller[] = [];
  let soon: NodeJS.Timeout | undefined;
  let afterwards: NodeJS.Timeout | undefined;

  const report = async (part: Partial<PresenceSeen>): Promise<void> => {
    const body = Buffer.from(JSON.stringify({ gateway, usernames: [], left: [], ...part }));
    const call = { method: 'POST', path: PRESENCE_SEEN_PATH, username: '', caller: null, body } as const;
    const { status } = await directory.call({ ...call, requestId: randomUUID() });
    if (status !== 200) throw new Error(`the directory answered ${status}`);
  };
  const reportOrWarn = (parts: readonly Partial<PresenceSeen>[]): void => {
    const all = async (): Promise<void> => {
      for (const part of parts) await report(part);
    };
    all().catch((error: unknown) =>
      logger.warn({ err: error }, 'the presence of streams was not reported; the next report has it'),
    );
  };
  const here = (usernames: Iterable<string>): void =>
    reportOrWarn(pagesOf([...usernames], PRESENCE_SEEN_MAX).map((page) => ({ usernames: page })));
  const timer = setInterval(() => here(open.keys()), reportMs).unref();

  return {
    opened(username) {
      open.set(username, (open.get(username) ?? 0) + 1);
      fresh.add(username);
      soon ??= setTimeout(() => {
        soon = undefined;
        here(fresh);
        fresh = new Set();
      }, OPENED_MS).unref();
    },
    closed(username) {
      const left = (open.get(username) ?? 0) - 1;
      if (left > 0) open.set(username, left);
      else open.delete(username);
    },
    left(caller) {
      gone.push(caller);
      afterwards ??= setTimeout(() => {
        afterwards = undefined;
        const left = gone.filter(({ username }) => !open.has(username));
        gone = [];
        reportOrWarn(pagesOf(left, PRESENCE_LEFT_MAX).map((page) => ({ left: page })));
      }, leftMs).unref();
    },
    close() {
      clearInterval(timer);
      clearTimeout(soon);
      clearTimeout(afterwards);
    },
  };
}
