import { importSessionKey, signRequest } from '@secure-chat/crypto/request-signature';
import { AppError } from '@secure-chat/service-kit/app-error';
import { createSlices, type Slices } from '@secure-chat/service-kit/slices';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { describe, expect, it, vi } from 'vitest';
import { createAuthenticate } from '../src/authenticate.ts';
import { createRecentSessions } from '../src/recent-sessions.ts';
import type { SessionScan } from '../src/session-scan.ts';
import type { Session, Sessions } from '../src/sessions.ts';

const NOW = 1_767_522_600_000;
const BODY = Buffer.from('{"message": "x"}');

/** As many sessions as said. */
function createGate(count: number, slices: Slices = createSlices()) {
  const table = new Map<string, Session>();
  for (let serial = 1; serial <= count; serial += 1) {
    const sessionId = `s${serial}`;
    const key = importSessionKey(`${serial}`);
    table.set(sessionId, { sessionId, username: sessionId, key, signatures: 'v1', serial });
  }
  const sessions: Sessions = {
    get: (sessionId) => table.get(sessionId),
    all: () => table.values(),
    count: () => table.size,
    lastSerial: () => count,
    remove: (sessionId) => void table.delete(sessionId),
    caughtUp: async () => {},
    failed: new Promise(() => {}),
    close: async () => {},
  };
  const scans = { small: 0, large: 0 };
  const scan = (size: 'small' | 'large'): SessionScan => ({
    async find(_address, fits) {
      scans[size] += 1;
      return [...table.values()].find(fits) ?? null;
    },
  });
  const authenticate = createAuthenticate({
    sessions,
    recent: createRecentSessions(),
    scans: { small: scan('small'), large: scan('large') },
    slices,
    clock: () => NOW,
  });
  const timestamp = formatTimestamp(NOW);
  const request = (
    serial: number,
    connection: { destroyed: boolean },
    address = '192.0.2.1',
    body: Buffer = BODY,
  ) =>
    authenticate({
      address,
      connection,
      timestamp,
      signature: signRequest(`${serial}`, body, timestamp),
      sessionId: undefined,
      rawBody: body,
    }).then(({ session }) => session);
  return { request, sessions, scans, scanned: () => scans.small + scans.large };
}

describe('a request that names no session', () => {
  it('is found without a scan when its connection, or lately its address, was seen before', async () => {
    const { request, scanned } = createGate(3);
    const connection = { destroyed: false };
    expect((await request(1, connection)).sessionId).toBe('s1');
    expect(scanned()).toBe(1);
    expect((await request(1, connection)).sessionId).toBe('s1');
    expect((await request(1, { destroyed: false })).sessionId).toBe('s1');
    expect(scanned()).toBe(1);
    expect((await request(1, { destroyed: false }, '192.0.2.2')).sessionId).toBe('s1');
    expect(scanned()).toBe(2);
  });

  it('waits with others of its size alone: a flood of large bodies is not in front of small ones', async () => {
    const { request, scans } = createGate(2);
    await request(1, { destroyed: false }, '192.0.2.1', Buffer.alloc(4 * 1024));
    expect(scans).toEqual({ small: 1, large: 0 });
    await request(2, { destroyed: false }, '192.0.2.2', Buffer.alloc(4 * 1024 + 1));
    expect(scans).toEqual({ small: 1, large: 1 });
  });

  it('is found behind no search of others where its address knows it, unless its body is large', async () => {
    const breathe = vi.fn(async () => {});
    const { request, scanned } = createGate(3, { begin() {}, isOver: () => true, breathe });
    for (const serial of [1, 2, 3]) await request(serial, { destroyed: false });
    expect((await request(1, { destroyed: false })).sessionId).toBe('s1');
    expect(breathe).not.toHaveBeenCalled();
    await request(1, { destroyed: false }, '192.0.2.1', Buffer.alloc(4 * 1024 + 1));
    await request(2, { destroyed: false }, '192.0.2.1', Buffer.alloc(4 * 1024 + 1));
    expect(breathe).toHaveBeenCalled();
    expect(scanned()).toBe(3);
  });

  it('is found on its connection though more sessions sign from the address than are remembered', async () => {
    const { request, scanned } = createGate(100);
    const connections = Array.from({ length: 100 }, () => ({ destroyed: false }));
    for (const [index, connection] of connections.entries()) await request(index + 1, connection);
    const before = scanned();
    for (const [index, connection] of connections.entries()) {
      expect((await request(index + 1, connection)).sessionId).toBe(`s${index + 1}`);
    }
    expect(scanned()).toBe(before);
  });

  it('is not taken for the session that its connection had, when that is over or signed by another key', async () => {
    const { request, sessions } = createGate(2);
    const connection = { destroyed: false };
    await request(1, connection);
    expect((await request(2, connection)).sessionId).toBe('s2');
    sessions.remove('s2');
    await expect(request(2, connection)).rejects.toBeInstanceOf(AppError);
  });
});
