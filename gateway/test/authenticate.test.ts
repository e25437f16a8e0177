import { importSessionKey, signRequest } from '@secure-chat/crypto/request-signature';
import { AppError } from '@secure-chat/service-kit/app-error';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { describe, expect, it } from 'vitest';
import { createAuthenticate } from '../src/authenticate.ts';
import { createRecentSessions } from '../src/recent-sessions.ts';
import type { SessionScan } from '../src/session-scan.ts';
import type { Session, Sessions } from '../src/sessions.ts';
import { createSlices } from '../src/slices.ts';

const NOW = 1_767_522_600_000;
const BODY = Buffer.from('{"message": "x"}');

/** As many sessions as said. */
function createGate(count: number) {
  const table = new Map<string, Session>();
  for (let serial = 1; serial <= count; serial += 1) {
    const sessionId = `s${serial}`;
    table.set(sessionId, { sessionId, username: sessionId, key: importSessionKey(`${serial}`), serial });
  }
  const sessions: Sessions = {
    get: (sessionId) => table.get(sessionId),
    all: () => table.values(),
    lastSerial: () => count,
    remove: (sessionId) => void table.delete(sessionId),
    caughtUp: async () => {},
    failed: new Promise(() => {}),
    close: async () => {},
  };
  let scans = 0;
  const scan: SessionScan = {
    async find(_address, fits) {
      scans += 1;
      return [...table.values()].find(fits) ?? null;
    },
  };
  const authenticate = createAuthenticate({
    sessions,
    recent: createRecentSessions(),
    scan,
    slices: createSlices(),
    clock: () => NOW,
  });
  const timestamp = formatTimestamp(NOW);
  const request = (serial: number, connection: { destroyed: boolean }, address = '192.0.2.1') =>
    authenticate({
      address,
      connection,
      timestamp,
      signature: signRequest(`${serial}`, BODY, timestamp),
      sessionId: undefined,
      rawBody: BODY,
    });
  return { request, sessions, scans: () => scans };
}

describe('a request that names no session', () => {
  it('is found without a scan when its connection, or lately its address, was seen before', async () => {
    const { request, scans } = createGate(3);
    const connection = { destroyed: false };
    expect((await request(1, connection)).sessionId).toBe('s1');
    expect(scans()).toBe(1);
    expect((await request(1, connection)).sessionId).toBe('s1');
    expect((await request(1, { destroyed: false })).sessionId).toBe('s1');
    expect(scans()).toBe(1);
    expect((await request(1, { destroyed: false }, '192.0.2.2')).sessionId).toBe('s1');
    expect(scans()).toBe(2);
  });

  it('is found on its connection though more sessions sign from the address than are remembered', async () => {
    const { request, scans } = createGate(100);
    const connections = Array.from({ length: 100 }, () => ({ destroyed: false }));
    for (const [index, connection] of connections.entries()) await request(index + 1, connection);
    const before = scans();
    for (const [index, connection] of connections.entries()) {
      expect((await request(index + 1, connection)).sessionId).toBe(`s${index + 1}`);
    }
    expect(scans()).toBe(before);
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
