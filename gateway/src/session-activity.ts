import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@secure-chat/service-kit/logger';
import { SESSIONS_SEEN_MAX, SESSIONS_SEEN_PATH } from '@secure-chat/wire/internal-api';
import { pagesOf } from './pages.ts';
import type { Upstream } from './upstream.ts';

/** Milliseconds between two reports: small beside the 24 h after which an unused session ends. */
const REPORT_MS = 60_000;

/** Milliseconds that the last report may take: what it says is worth less than an end in time. */
const LAST_REPORT_MS = 1_000;

/** Tells auth which sessions are in use, in batches, so that only unused ones end. */
export interface SessionActivity {
  saw(sessionId: string): void;
  /** Reports what is left and stops. */
  close(): Promise<void>;
}

export function createSessionActivity(
  auth: Pick<Upstream, 'call'>,
  logger: Logger,
  reportMs = REPORT_MS,
): SessionActivity {
  let seen = new Set<string>();

  const report = async (): Promise<void> => {
    const all = [...seen];
    seen = new Set();
    for (const sessionIds of pagesOf(all, SESSIONS_SEEN_MAX)) {
      const body = Buffer.from(JSON.stringify({ sessionIds }));
      const requestId = randomUUID();
      try {
        const { status } = await auth.call({
          method: 'POST',
          path: SESSIONS_SEEN_PATH,
          username: '',
          caller: null,
          requestId,
          body,
        });
        if (status !== 200) throw new Error(`auth answered ${status}`);
      } catch (error) {
        for (const sessionId of sessionIds) seen.add(sessionId);
        logger.warn({ err: error, requestId }, 'sessions in use were not reported; the next report has them');
      }
    }
  };

  let reporting = Promise.resolve();
  const timer = setInterval(() => {
    reporting = reporting.then(report);
  }, reportMs);
  return {
    saw: (sessionId) => void seen.add(sessionId),
    async close() {
      clearInterval(timer);
      const late = new AbortController();
      const tooLate = sleep(LAST_REPORT_MS, undefined, { signal: late.signal }).catch(() => {});
      await Promise.race([reporting.then(report), tooLate]);
      late.abort();
    },
  };
}
