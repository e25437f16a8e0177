import { createLogger } from '@secure-chat/service-kit/logger';
import { PRESENCE_LEFT_MAX, PRESENCE_SEEN_MAX } from '@secure-chat/wire/internal-api';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createStreamPresence } from '../src/stream-presence.ts';
import type { ServiceCall } from '../src/upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function setUp() {
  const reports: { usernames: string[]; left: unknown[] }[] = [];
  const directory = {
    async call({ body }: ServiceCall) {
      const { gateway, ...report } = JSON.parse(Buffer.from(body ?? []).toString());
      expect(gateway).toMatch(/^[0-9a-f-]{36}$/);
      reports.push(report);
      return { status: 200, headers: {}, body: '{}' };
    },
  };
  const presence = createStreamPresence(directory, createLogger('gateway', 'silent'));
  return { presence, reports };
}

const caller = (username: string, sessionId = `session of ${username}`) => ({ username, sessionId });

it('tells of who left a third of a second later, together', async () => {
  const { presence, reports } = setUp();
  for (const name of ['ann', 'bob']) {
    presence.opened(name);
    presence.closed(name);
    presence.left(caller(name));
  }
  await vi.advanceTimersByTimeAsync(299);
  expect(reports.flatMap(({ left }) => left)).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(reports.at(-1)).toEqual({ usernames: [], left: [caller('ann'), caller('bob')] });
});

it('tells of nobody who has another stream here, or opens one in that time', async () => {
  const { presence, reports } = setUp();
  for (const name of ['ann', 'ann', 'bob']) presence.opened(name);
  for (const name of ['ann', 'bob']) {
    presence.closed(name);
    presence.left(caller(name));
  }
  await vi.advanceTimersByTimeAsync(200);
  presence.opened('bob');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(reports.flatMap(({ left }) => left)).toEqual([]);
  presence.closed('ann');
  presence.left(caller('ann', 'her last'));
  await vi.advanceTimersByTimeAsync(300);
  expect(reports.flatMap(({ left }) => left)).toEqual([caller('ann', 'her last')]);
});

it('tells of more than one report holds in several', async () => {
  const { presence, reports } = setUp();
  const names = Array.from({ length: PRESENCE_SEEN_MAX + 1 }, (_, index) => `u${index}`);
  for (const name of names) presence.opened(name);
  await vi.advanceTimersByTimeAsync(50);
  expect(reports.map(({ usernames }) => usernames.length)).toEqual([PRESENCE_SEEN_MAX, 1]);
  for (const name of names) presence.closed(name);
  for (const name of names) presence.left(caller(name));
  await vi.advanceTimersByTimeAsync(300);
  expect(reports.slice(2).map(({ left }) => left.length)).toEqual([PRESENCE_LEFT_MAX, PRESENCE_LEFT_MAX, 1]);
});

it('tells nothing any more once it is closed', async () => {
  const { presence, reports } = setUp();
  presence.opened('ann');
  presence.closed('ann');
  presence.left(caller('ann'));
  presence.close();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reports).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});
