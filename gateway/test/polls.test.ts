import { once } from 'node:events';
import { connect } from 'node:net';
import { CURSOR_HEADER, CURSOR_PATH } from '@secure-chat/wire/internal-api';
import { describe, expect, it, vi } from 'vitest';
import {
  type Answer,
  createServices,
  type OpenSession,
  openLog,
  openSession,
  signedHeaders,
  startGateway,
} from './gateway-under-test.ts';

const POLL = { path: '/chat/messages' };

/** A relay with one mailbox, whose records are as large as they are said to be. */
async function start(bytes: number, { waiting = 1, refuseCommits = false, failPolls = 0 } = {}) {
  const state = { cursor: 0, head: waiting, failPolls };
  const answer: Answer = ({ path, body }) => {
    if (path === CURSOR_PATH) {
      if (refuseCommits) return { status: 503 };
      state.cursor = JSON.parse(Buffer.from(body ?? []).toString()).cursor;
      return {};
    }
    if (path !== POLL.path) return {};
    if (state.failPolls > 0) {
      state.failPolls -= 1;
      throw new Error('the relay broke');
    }
    if (state.cursor === state.head) return { body: Buffer.from('{"messages":[]}') };
    const message = 'x'.repeat(bytes);
    return {
      headers: { 'content-type': 'application/json', [CURSOR_HEADER]: String(state.head) },
      body: Buffer.from(JSON.stringify({ messages: [{ message, seq: state.cursor }] })),
    };
  };
  const log = await openLog();
  const session = await openSession(log, 'bob');
  const services = createServices(answer);
  const gateway = await startGateway({ log, upstreams: services.upstreams });
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });
  const poll = async (): Promise<{ status: number; records: number; headers: Headers }> => {
    const reply = await fetch(`${url}${POLL.path}`, { headers: signedHeaders(session, POLL) });
    const body = JSON.parse(await reply.text());
    return { status: reply.status, records: body.messages?.length ?? 0, headers: reply.headers };
  };
  const commits = () => services.calls.filter(({ path }) => path === CURSOR_PATH).length;
  return { ...gateway, ...services, state, url, session, poll, commits };
}

/** Asks, waits for the first bytes of the answer, reads no more, and goes away. */
async function breakOff(url: string, session: OpenSession): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const headers = Object.entries(signedHeaders(session, POLL)).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`GET ${POLL.path} HTTP/1.1\r\nHost: x\r\n${headers.join('')}\r\n`);
  await once(socket, 'readable');
  socket.resetAndDestroy();
}

describe('a poll', () => {
  it('moves the cursor once the client took the answer, and then gives no more', async () => {
    const { poll, state } = await start(10);
    expect(await poll()).toMatchObject({ status: 200, records: 1 });
    // The next poll waits its turn: by then the cursor has moved.
    expect(await poll()).toMatchObject({ status: 200, records: 0 });
    expect(state.cursor).toBe(1);
  });

  it('does not show the cursor to the client', async () => {
    expect((await (await start(10)).poll()).headers.has(CURSOR_HEADER)).toBe(false);
  });

  it('that the client broke off gives the same records again, however often', async () => {
    const { url, session, poll, state, commits } = await start(16 * 1024 * 1024);
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await breakOff(url, session);
    }
    expect(await poll()).toMatchObject({ status: 200, records: 1 });
    await vi.waitFor(() => expect(state.cursor).toBe(1));
    expect(commits()).toBe(1);
    expect(await poll()).toMatchObject({ records: 0 });
  });

  it('that several clients of a user send at once gives each record to one of them', async () => {
    const { poll } = await start(1_000);
    const answers = await Promise.all(Array.from({ length: 5 }, poll));
    expect(answers.map(({ records }) => records).toSorted()).toEqual([0, 0, 0, 0, 1]);
  });

  it('whose cursor the relay did not move gives the same records again, and that is logged', async () => {
    const { poll, logged } = await start(10, { refuseCommits: true });
    for (let attempt = 0; attempt < 3; attempt += 1) expect(await poll()).toMatchObject({ records: 1 });
    expect(logged()).toContain('a cursor was not moved');
  });

  it('that fails gives its turn to the next', async () => {
    const { poll } = await start(10, { failPolls: 2 });
    expect((await poll()).status).toBe(500);
    expect((await poll()).status).toBe(500);
    expect(await poll()).toMatchObject({ status: 200, records: 1 });
  });

  it('by HEAD is none: 404, and nothing is asked of the relay', async () => {
    const { app, session, calls, poll } = await start(10);
    const headers = signedHeaders(session, POLL);
    expect((await app.inject({ method: 'HEAD', url: POLL.path, headers })).statusCode).toBe(404);
    expect(calls).toEqual([]);
    expect(await poll()).toMatchObject({ records: 1 });
  });
});
