import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { StartStream, StreamSink } from '@secure-chat/service-kit/stream-operation';
import { createEventStreamParser } from '@secure-chat/wire/event-stream';
import { PRESENCE_SEEN_PATH } from '@secure-chat/wire/internal-api';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { encodeStreamEvent } from '@secure-chat/wire/stream-events';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ServiceCall } from '../src/upstream.ts';
import {
  createServices,
  type OpenSession,
  openLog,
  openSession,
  signedHeaders,
  startGateway,
} from './gateway-under-test.ts';

// The moments at which the gateway looks for silent and slow streams are the test's; sockets are real.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** A relay whose streams the test writes to. */
async function setUp() {
  const log = await openLog();
  const { calls, upstreams } = createServices();
  const opened: (ServiceCall & { readonly sink: StreamSink; drained: number; closed: boolean })[] = [];
  const relay = {
    ...upstreams.relay,
    async open(call: ServiceCall) {
      if (call.query === 'cursor=refused')
        return { refusal: { status: 503, headers: { 'retry-after': '7' }, body: '{}' } };
      if (call.query === 'cursor=thrown') throw new AppError('bad_request');
      const start: StartStream = (sink) => {
        const stream = { ...call, sink, drained: 0, closed: false };
        opened.push(stream);
        return {
          drained: () => void stream.drained++,
          close() {
            stream.closed = true;
          },
        };
      };
      return { start };
    },
  };
  const gateway = await startGateway({ log, upstreams: { ...upstreams, relay } });
  const url = await gateway.app.listen({ host: '127.0.0.1', port: 0 });

  async function open(session: OpenSession, path = '/chat/stream', headers: Record<string, string> = {}) {
    const outgoing = request(new URL(path, url), {
      agent: false,
      headers: { ...signedHeaders(session, { path }), ...headers },
    });
    const responded = once(outgoing, 'response');
    outgoing.end();
    const [response]: IncomingMessage[] = await responded;
    if (!response) throw new Error('no answer');
    onTestFinished(() => void response.destroy());
    const parser = createEventStreamParser();
    const events: unknown[] = [];
    const client = { response, events, ended: false };
    response.on('data', (chunk: Buffer) => {
      if (response.statusCode === 200)
        for (const { event, data } of parser.push(chunk)) events.push([event, JSON.parse(data)]);
    });
    response.on('error', () => {});
    response.on('close', () => {
      client.ended = true;
    });
    return client;
  }
  return { log, calls, opened, open, gateway };
}

const bye = (reason: string) => ['bye', { reason, retry_ms: expect.any(Number) }];

describe('a stream at the gateway', () => {
  it('is asked for with the query, or the Last-Event-ID in the place of its cursor', async () => {
    const { log, open, opened } = await setUp();
    const ann = await openSession(log, 'ann');
    await open(ann, '/chat/stream?presence=bob');
    await open(ann, '/chat/stream?cursor=1.1&presence=', { 'last-event-id': '2.2' });
    expect(opened.map(({ path, query, caller }) => [path, query, caller?.username])).toEqual([
      ['/chat/stream', 'presence=bob', 'ann'],
      ['/chat/stream', 'cursor=2.2&presence=', 'ann'],
    ]);
  });

  it('is not one where the relay refuses', async () => {
    const { log, open } = await setUp();
    const ann = await openSession(log, 'ann');
    const { response } = await open(ann, '/chat/stream?cursor=refused');
    expect([response.statusCode, response.headers['retry-after']]).toEqual([503, '7']);
    expect((await open(ann, '/chat/stream?cursor=thrown')).response.statusCode).toBe(400);
  });

  it('passes on what the relay writes, and its end', async () => {
    const { log, open, opened } = await setUp();
    const client = await open(await openSession(log, 'ann'));
    opened[0]?.sink.write(encodeStreamEvent('live', {}, '0.0'));
    opened[0]?.sink.write(Buffer.from(encodeStreamEvent('bye', { reason: 'drain', retry_ms: 5 })));
    opened[0]?.sink.end();
    await vi.waitFor(() => expect(client.ended).toBe(true));
    expect(client.events).toEqual([
      ['live', {}],
      ['bye', { reason: 'drain', retry_ms: 5 }],
    ]);
    expect(opened[0]?.closed).toBe(false);
  });

  it('says so when the relay is lost, and tells the relay when the client is gone', async () => {
    const { log, open, opened } = await setUp();
    const [lost, leaving] = [
      await open(await openSession(log, 'ann')),
      await open(await openSession(log, 'bob')),
    ];
    opened[0]?.sink.lost();
    await vi.waitFor(() => expect(lost.events).toEqual([bye('unavailable')]));
    leaving.response.destroy();
    await vi.waitFor(() => expect(opened[1]?.closed).toBe(true));
  });

  it('ends when its session does, by whatever', async () => {
    const { log, open, opened } = await setUp();
    const ann = await openSession(log, 'ann');
    const client = await open(ann);
    await log.events.publish(SESSIONS_TOPIC, ann.sessionId, null);
    await vi.waitFor(() => expect(client.events).toEqual([bye('session_over')]));
    expect(opened[0]?.closed).toBe(true);
  });

  it('ends after 30 s without a signed request of its session', async () => {
    const { log, open, gateway } = await setUp();
    const [ann, bob] = [await openSession(log, 'ann'), await openSession(log, 'bob')];
    const [silent, heard] = [await open(ann), await open(bob)];
    await vi.advanceTimersByTimeAsync(20_000);
    await gateway.request(bob, { method: 'POST', path: '/presence' });
    await vi.advanceTimersByTimeAsync(10_000);
    expect([silent.events, heard.events]).toEqual([[], []]);
    await vi.advanceTimersByTimeAsync(2_000);
    await vi.waitFor(() => expect(silent.events).toEqual([bye('silent')]));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(heard.events).toEqual([]);
  });

  it('lets the relay wait while it is not read, and ends when that lasts for 30 s', async () => {
    const { log, open, opened, gateway } = await setUp();
    const ann = await openSession(log, 'ann');
    const client = await open(ann);
    const [stream] = opened;
    client.response.pause();
    const event = encodeStreamEvent('ephemeral', { sender: 'a', body: 'x'.repeat(60_000), timestamp: '' });
    /** Writes until the kernel takes no more, either: it takes some MB, a turn of the event loop at a time. */
    const fill = async () => {
      for (let quiet = 0, drained = -1; quiet < 30; quiet++) {
        if (stream?.drained !== drained) quiet = 0;
        drained = stream?.drained ?? 0;
        if (quiet === 0) while (stream?.sink.write(event));
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    };
    await fill();
    const drained = stream?.drained ?? 0;
    client.response.resume();
    await vi.waitFor(() => expect(stream?.drained).toBeGreaterThan(drained));
    client.response.pause();
    await fill();
    await vi.advanceTimersByTimeAsync(25_000);
    await gateway.request(ann, { method: 'POST', path: '/presence' });
    expect(stream?.closed).toBe(false);
    await vi.advanceTimersByTimeAsync(7_000);
    expect(stream?.closed).toBe(true);
    client.response.resume();
    await vi.waitFor(() => expect(client.events.at(-1)).toEqual(bye('slow')), 5_000);
  });

  it('is told to the directory when it opens, and every 2 s while it is open', async () => {
    const { log, open, calls } = await setUp();
    const [ann, bob] = [await openSession(log, 'ann'), await openSession(log, 'bob')];
    const reports = () =>
      calls
        .filter(({ path }) => path === PRESENCE_SEEN_PATH)
        .map(({ body }): unknown => JSON.parse(Buffer.from(body ?? []).toString()).usernames);
    const [leaving] = [await open(ann), await open(bob)];
    await vi.waitFor(() => expect(reports().flat()).toEqual(['ann', 'bob']));
    const before = reports().length;
    await vi.advanceTimersByTimeAsync(2_000);
    expect(reports().slice(before)).toEqual([['ann', 'bob']]);
    leaving?.response.destroy();
    await vi.waitFor(async () => {
      await vi.advanceTimersByTimeAsync(2_000);
      expect(reports().at(-1)).toEqual(['bob']);
    });
  });

  describe('that its client closes, or whose session ends,', () => {
    async function setUpLeaving() {
      const { log, open, calls } = await setUp();
      const ann = await openSession(log, 'ann');
      const reported = (): unknown[] =>
        calls
          .filter(({ path }) => path === PRESENCE_SEEN_PATH)
          .flatMap(({ body }): unknown[] => JSON.parse(Buffer.from(body ?? []).toString()).left);
      return { log, open, ann, reported, left: [{ username: 'ann', sessionId: ann.sessionId }] };
    }

    it('is told to the directory as left, a moment later', async () => {
      const { open, ann, reported, left } = await setUpLeaving();
      (await open(ann)).response.destroy();
      await vi.waitFor(() => expect(reported()).toEqual(left));
    });

    it('is told so when the session was ended', async () => {
      const { log, open, ann, reported, left } = await setUpLeaving();
      const client = await open(ann);
      await log.events.publish(SESSIONS_TOPIC, ann.sessionId, null);
      await vi.waitFor(() => expect(client.events).toEqual([bye('session_over')]));
      await vi.waitFor(() => expect(reported()).toEqual(left));
    });
  });

  it('that its relay lost is not told as left: its client will come back', async () => {
    const { log, open, calls, opened } = await setUp();
    const client = await open(await openSession(log, 'ann'));
    opened[0]?.sink.lost();
    await vi.waitFor(() => expect(client.events).toEqual([bye('unavailable')]));
    await vi.advanceTimersByTimeAsync(2_000);
    const reports = calls.filter(({ path }) => path === PRESENCE_SEEN_PATH);
    for (const { body } of reports)
      expect(JSON.parse(Buffer.from(body ?? []).toString())).toMatchObject({ left: [] });
  });

  it('ends with a bye when the gateway closes', async () => {
    const { log, open, gateway, opened } = await setUp();
    const client = await open(await openSession(log, 'ann'));
    await gateway.app.close();
    await vi.waitFor(() => expect(client.events).toEqual([bye('drain')]));
    expect(opened[0]?.closed).toBe(true);
  });
});

describe('the streams of one user', () => {
  it('are 16, each of another session; what was refused or has ended takes no place', async () => {
    const { log, open, opened } = await setUp();
    const sessions = await Promise.all(Array.from({ length: 18 }, () => openSession(log, 'alice')));
    for (const session of sessions) await open(session, '/chat/stream?cursor=refused');
    for (const session of sessions) await open(session, '/chat/stream?cursor=thrown');
    const [first, ...others] = sessions.slice(0, 16);
    const late = sessions[17];
    if (!first || !late) throw new Error('no sessions');
    const stream = await open(first);
    for (const session of others) expect((await open(session)).response.statusCode).toBe(200);
    const { response } = await open(late);
    expect(response.statusCode).toBe(429);
    expect(response.headers['retry-after']).toBe('30');
    expect(opened).toHaveLength(16);
    expect((await open(await openSession(log, 'bob'))).response.statusCode).toBe(200);
    stream.response.destroy();
    await vi.waitFor(() => expect(opened[0]?.closed).toBe(true));
    expect((await open(late)).response.statusCode).toBe(200);
  });
});
