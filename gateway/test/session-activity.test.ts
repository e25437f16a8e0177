import { AppError } from '@secure-chat/service-kit/app-error';
import { createLogger } from '@secure-chat/service-kit/logger';
import { SESSIONS_SEEN_MAX } from '@secure-chat/wire/internal-api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createSessionActivity } from '../src/session-activity.ts';
import type { Upstream } from '../src/upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An auth that answers with these statuses in turn, then with 200; 0: it does not answer. */
function createReported(...statuses: number[]) {
  const reports: string[][] = [];
  const auth: Pick<Upstream, 'call'> = {
    async call({ path, caller, body }) {
      expect([path, caller]).toEqual(['/internal/sessions/seen', null]);
      reports.push(JSON.parse(Buffer.from(body ?? []).toString()).sessionIds);
      const status = statuses.shift() ?? 200;
      if (status === 0) throw new AppError('unavailable');
      return { status, headers: {}, body: '' };
    },
  };
  const activity = createSessionActivity(auth, createLogger('gateway', 'silent'));
  return { ...activity, reports };
}

const minute = () => vi.advanceTimersByTimeAsync(60_000);

describe('the sessions in use', () => {
  it('are reported once a minute, each once, and nothing when none was', async () => {
    const { saw, reports } = createReported();
    for (const sessionId of ['a', 'b', 'a']) saw(sessionId);
    expect(reports).toEqual([]);
    await minute();
    expect(reports).toEqual([['a', 'b']]);
    await minute();
    expect(reports).toHaveLength(1);
  });

  it.each([0, 503, 500, 401])('are reported again when auth gave %i, until it took them', async (status) => {
    const { saw, reports } = createReported(status, status);
    saw('a');
    await minute();
    saw('b');
    await minute();
    await minute();
    await minute();
    expect(reports).toEqual([['a'], ['a', 'b'], ['a', 'b']].map((report) => expect.arrayContaining(report)));
  });

  it('are reported in batches of 1,000; the batch that failed is reported again', async () => {
    const { saw, reports } = createReported(200, 503);
    for (let index = 0; index < SESSIONS_SEEN_MAX + 5; index += 1) saw(`s${index}`);
    await minute();
    expect(reports.map((report) => report.length)).toEqual([SESSIONS_SEEN_MAX, 5]);
    await minute();
    expect(reports[2]).toEqual(reports[1]);
  });

  it('are reported at the end, too', async () => {
    const { saw, close, reports } = createReported();
    saw('a');
    await close();
    expect(reports).toEqual([['a']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('do not keep the gateway from ending when auth does not answer', async () => {
    const silent: Pick<Upstream, 'call'> = {
      call: () => new Promise(() => {}),
    };
    const { saw, close } = createSessionActivity(silent, createLogger('gateway', 'silent'));
    saw('a');
    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(999);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
  });
});
