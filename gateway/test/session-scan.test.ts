import { setImmediate as nextRound } from 'node:timers/promises';
import { importSessionKey } from '@secure-chat/crypto/request-signature';
import { AppError } from '@secure-chat/service-kit/app-error';
import { createSlices } from '@secure-chat/service-kit/slices';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSessionScan } from '../src/session-scan.ts';
import type { Session, Sessions } from '../src/sessions.ts';

afterEach(() => void vi.restoreAllMocks());

const key = importSessionKey('00');

/** A table of sessions 1 to `count`, to which a test adds. */
function tableOf(count: number, caughtUp: (add: () => void) => Promise<void> = async () => {}) {
  const table = new Map<string, Session>();
  const add = (): void => {
    const serial = table.size + 1;
    const signatures = 'v1';
    table.set(`s${serial}`, { sessionId: `s${serial}`, username: 'alice', key, signatures, serial });
  };
  for (let index = 0; index < count; index += 1) add();
  const sessions: Sessions = {
    get: (sessionId) => table.get(sessionId),
    all: () => table.values(),
    count: () => table.size,
    lastSerial: () => table.size,
    remove: (sessionId) => void table.delete(sessionId),
    caughtUp: () => caughtUp(add),
    failed: new Promise(() => {}),
    close: async () => {},
  };
  return { sessions, add };
}

const is = (serial: number) => (session: Session) => session.serial === serial;
const nothing = () => false;

/**
 * Runs scans with a clock of its own: each try costs `cost` ms of it. Resolves to the most that passed within one
 * round of the event loop, however slow the machine is.
 */
async function longestHold(cost: number, scans: (tried: () => void) => Promise<unknown>): Promise<number> {
  let now = 0;
  let round = 0;
  const held = new Map<number, number>();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const work = scans(() => {
    now += cost;
    held.set(round, (held.get(round) ?? 0) + cost);
  });
  let working = true;
  const done = work.finally(() => {
    working = false;
  });
  while (working) {
    await nextRound();
    round += 1;
  }
  await done;
  return Math.max(...held.values());
}

describe('a scan', () => {
  it('finds the one session that fits among 20,000, and null when none does', async () => {
    const { sessions } = tableOf(20_000);
    const { find } = createSessionScan(sessions, createSlices());
    for (const serial of [1, 10_000, 20_000]) expect(await find('::1', is(serial))).toMatchObject({ serial });
    expect(await find('::1', nothing)).toBeNull();
  });

  it('tries each session once', async () => {
    const tried: number[] = [];
    const { find } = createSessionScan(tableOf(1_000).sessions, createSlices());
    await find('::1', ({ serial }) => {
      tried.push(serial);
      return false;
    });
    expect(tried).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  });

  it.each([
    ['small', 0.003],
    ['as large as can be', 0.2],
  ])('of 20,000 sessions never holds the event loop over 5 ms when the body is %s', async (_, cost) => {
    const { find } = createSessionScan(tableOf(20_000).sessions, createSlices());
    const longest = await longestHold(cost, (tried) =>
      find('::1', () => {
        tried();
        return false;
      }),
    );
    expect(longest).toBeLessThan(5);
  });

  it('that follows another does not hold the event loop together with it', async () => {
    const { find } = createSessionScan(tableOf(400).sessions, createSlices());
    const longest = await longestHold(0.004, (tried) =>
      Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          find(`address-${index}`, (session) => {
            tried();
            return session.serial === 400;
          }),
        ),
      ),
    );
    expect(longest).toBeLessThan(5);
  });

  it('lets others run between its slices, in real time', async () => {
    const { find } = createSessionScan(tableOf(20_000).sessions, createSlices());
    let rounds = 0;
    let scanning = true;
    const found = find('::1', () => {
      const until = performance.now() + 0.002;
      while (performance.now() < until);
      return false;
    }).finally(() => {
      scanning = false;
    });
    while (scanning) {
      await nextRound();
      rounds += 1;
    }
    expect(await found).toBeNull();
    expect(rounds).toBeGreaterThan(10);
  });

  it('finds a session that was opened while it ran', async () => {
    const { sessions, add } = tableOf(500);
    const { find } = createSessionScan(sessions, createSlices());
    let added = false;
    const found = find('::1', ({ serial }) => {
      if (!added) add();
      added = true;
      return serial === 501;
    });
    expect(await found).toMatchObject({ serial: 501 });
  });

  it('finds a session that was opened before it, but had not come here yet, and tries no other again', async () => {
    const tried: number[] = [];
    const { sessions } = tableOf(3, async (add) => add());
    const found = await createSessionScan(sessions, createSlices()).find('::1', ({ serial }) => {
      tried.push(serial);
      return serial === 4;
    });
    expect(found).toMatchObject({ serial: 4 });
    expect(tried).toEqual([1, 2, 3, 4]);
  });
});

describe('a scan whose client has gone', () => {
  it('is not begun, and ends at the next pause', async () => {
    const { find } = createSessionScan(tableOf(20_000).sessions, createSlices());
    let tried = 0;
    const slow = (): boolean => {
      tried += 1;
      const until = performance.now() + 0.01;
      while (performance.now() < until);
      return false;
    };
    expect(await find('::1', slow, () => true)).toBeNull();
    expect(tried).toBe(0);
    expect(await find('::1', slow, () => tried > 10)).toBeNull();
    expect(tried).toBeLessThan(5_000);
  });
});

describe('scans that wait', () => {
  const unavailable = expect.objectContaining({ code: 'unavailable' });

  it('are at most 64 of one address, beside the one whose turn it is; others are served', async () => {
    const { find } = createSessionScan(tableOf(10).sessions, createSlices());
    const waiting = Array.from({ length: 65 }, () => find('::1', nothing));
    await expect(find('::1', nothing)).rejects.toThrow(AppError);
    await expect(find('::1', nothing)).rejects.toEqual(unavailable);
    expect(await find('::2', is(5))).toMatchObject({ serial: 5 });
    await Promise.all(waiting);
    expect(await find('::1', is(5))).toMatchObject({ serial: 5 });
  });

  it('are at most 256 of all addresses, beside the one whose turn it is', async () => {
    const { find } = createSessionScan(tableOf(10).sessions, createSlices());
    const waiting = Array.from({ length: 257 }, (_, index) => find(`address-${index}`, nothing));
    await expect(find('another', nothing)).rejects.toEqual(unavailable);
    await Promise.all(waiting);
    expect(await find('another', is(5))).toMatchObject({ serial: 5 });
  });

  it('take turns by address: one with many does not keep the others waiting', async () => {
    const { find } = createSessionScan(tableOf(10).sessions, createSlices());
    const order: string[] = [];
    const enter = (address: string) => find(address, nothing).then(() => order.push(address));
    const flood = Array.from({ length: 50 }, () => enter('flood'));
    await Promise.all([...flood, enter('one'), enter('two')]);
    expect(order.indexOf('one')).toBeLessThan(4);
    expect(order.indexOf('two')).toBeLessThan(5);
    expect(order).toHaveLength(52);
  });

  it('give up their places when one fails', async () => {
    let broken = true;
    const { sessions } = tableOf(1, async () => {
      if (broken) throw new Error('the log is gone');
    });
    const { find } = createSessionScan(sessions, createSlices());
    const failed = await Promise.allSettled(Array.from({ length: 8 }, () => find('::1', nothing)));
    expect(failed.every(({ status }) => status === 'rejected')).toBe(true);
    broken = false;
    expect(await find('::1', nothing)).toBeNull();
  });
});
