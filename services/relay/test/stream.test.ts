import { EventLogError } from '@secure-chat/event-log/errors';
import { openEventLog } from '@secure-chat/event-log/event-log';
import { createLogger } from '@secure-chat/service-kit/logger';
import type { StreamSink } from '@secure-chat/service-kit/stream-operation';
import { createEventStreamParser } from '@secure-chat/wire/event-stream';
import { encodeStreamEvent } from '@secure-chat/wire/stream-events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createEventOf, type EventOf } from '../src/record-events.ts';
import { createStreams, presenceInterest } from '../src/streams/streams.ts';
import { temporaryFolder } from './temporary-folder.ts';

const TOPICS = { keys: 'user_keys_bob', messages: 'user_queue_bob' };
const START = { keys: 0, messages: 0 };

interface Written {
  readonly event: string;
  readonly data: unknown;
  readonly lastEventId: string;
}

/** A sink that takes so many writes until it is full, and then none until it is told to. */
function createSink() {
  const parser = createEventStreamParser();
  const state = { takes: Number.POSITIVE_INFINITY, written: 0, ended: false };
  const events: Written[] = [];
  const sink: StreamSink = {
    write(text) {
      const bytes = Buffer.from(text);
      state.written += bytes.length;
      for (const { data, ...event } of parser.push(bytes)) events.push({ ...event, data: JSON.parse(data) });
      state.takes--;
      return state.takes > 0;
    },
    end() {
      state.ended = true;
    },
    lost() {
      throw new Error('a relay loses nothing');
    },
  };
  return Object.assign(state, { sink, events, names: () => events.map(({ event }) => event) });
}

async function setUp(eventOf?: EventOf) {
  const logger = createLogger('relay', 'silent');
  const log = await openEventLog({ backend: 'embedded', dataDir: temporaryFolder() }, logger);
  onTestFinished(() => log.close());
  const { mailboxes, codecs } = log;
  await mailboxes.create(Object.values(TOPICS));
  const asides: string[] = [];
  const presence = new Map<string, string>();
  const streams = createStreams({
    mailboxes,
    eventOf: eventOf ?? createEventOf(codecs, () => {}),
    setAside: (topic, offset) => asides.push(`${topic} ${offset}`),
    logger,
    presenceOf: (name) => presence.get(name),
  });
  onTestFinished(() => streams.close());
  const record = (message: string) =>
    codecs.message.encode({ id: 'i'.repeat(16), sender: 'ann', message, sentAt: 1 });
  return {
    streams,
    asides,
    presence,
    append: async (message: string) => mailboxes.append(TOPICS.messages, await record(message)),
    poison: () => mailboxes.append(TOPICS.messages, Buffer.from('poison')),
    async start({ sink }: { readonly sink: StreamSink }, names?: string) {
      const heads = {
        keys: await mailboxes.head(TOPICS.keys),
        messages: await mailboxes.head(TOPICS.messages),
      };
      return streams.start({
        username: 'bob',
        presence: presenceInterest(names),
        topics: TOPICS,
        from: START,
        heads,
        sink,
      });
    },
  };
}

describe('a stream', () => {
  it('holds a bounded part of what waits while it is not read, and gives all of it in order', async () => {
    const { append, start } = await setUp();
    const texts = Array.from({ length: 300 }, (_, number) => `${number} `.padEnd(10_000, 'x'));
    await Promise.all(texts.map(append));
    const sink = createSink();
    sink.takes = 1;
    const source = await start(sink);
    await vi.waitFor(() => expect(sink.written).toBeGreaterThan(0));
    const first = sink.written;
    expect(first).toBeLessThan(64 * 1024);
    while (sink.names().at(-1) !== 'live') {
      const before = sink.written;
      sink.takes = 1;
      source.drained();
      await vi.waitFor(() => expect(sink.written).toBeGreaterThan(before), { interval: 1 });
      expect(sink.written - before).toBeLessThan(64 * 1024);
    }
    const messages = sink.events.filter(({ event }) => event === 'message');
    expect(messages.map(({ data }) => data)).toMatchObject(texts.map((message, seq) => ({ message, seq })));
  });

  it('sets aside what is no record, where it waits and where it arrives, and goes on', async () => {
    const { append, poison, start, asides } = await setUp();
    await poison();
    await append('1');
    const sink = createSink();
    await start(sink);
    await vi.waitFor(() => expect(sink.names()).toEqual(['message', 'live']));
    await poison();
    await append('2');
    await vi.waitFor(() => expect(sink.names()).toEqual(['message', 'live', 'message']));
    expect(asides).toEqual(['user_queue_bob 0', 'user_queue_bob 2']);
    expect(sink.events.map(({ lastEventId }) => lastEventId)).toEqual(['0.2', '0.2', '0.4']);
  });

  it('waits for a schema that cannot be had, and loses nothing', async () => {
    let missing = 2;
    const eventOf: EventOf = async (_kind, { offset }) => {
      if (missing-- > 0) throw new EventLogError('unavailable', 'the registry is down');
      return (cursor) => `event: message\nid: ${cursor}\ndata: {"seq":${offset}}\n\n`;
    };
    const { append, start } = await setUp(eventOf);
    await append('1');
    const sink = createSink();
    await start(sink);
    await append('2');
    await vi.waitFor(() => expect(sink.names()).toEqual(['message', 'live', 'message']), 5_000);
  });

  it('ends with a bye when it cannot go on', async () => {
    const eventOf: EventOf = async () => {
      throw new Error('something is broken');
    };
    const { append, start } = await setUp(eventOf);
    await append('1');
    const sink = createSink();
    await start(sink);
    await vi.waitFor(() => expect(sink.ended).toBe(true));
    expect(sink.events).toMatchObject([{ event: 'bye', data: { reason: 'unavailable' } }]);
  });

  it('writes nothing more once its reader is gone', async () => {
    const { append, start, streams } = await setUp();
    const sink = createSink();
    const source = await start(sink);
    await vi.waitFor(() => expect(sink.names()).toEqual(['live']));
    source.close();
    await append('1');
    const other = createSink();
    await start(other);
    await vi.waitFor(() => expect(other.names()).toEqual(['message', 'live']));
    streams.tell('bob', encodeStreamEvent('ephemeral', { sender: 'ann', body: 'x', timestamp: '' }));
    streams.close();
    expect(sink.names()).toEqual(['live']);
    expect(other.names()).toEqual(['message', 'live', 'ephemeral', 'bye']);
  });

  it('hears of the newest presence of each, of those it asked for, when it reads again', async () => {
    const { start, streams, presence } = await setUp();
    const [all, some, none] = [createSink(), createSink(), createSink()];
    const source = await start(all);
    await start(some, 'ANN,zoe');
    await start(none, '');
    const sinks = [all, some, none];
    await vi.waitFor(() => expect(sinks.every((sink) => sink.names().includes('live'))).toBe(true));
    const change = (changes: Record<string, boolean>) => {
      const events = Object.entries(changes).map(
        ([username, online]) =>
          [username, `event: presence\ndata: ${JSON.stringify({ username, online })}\n\n`] as const,
      );
      for (const [username, event] of events) presence.set(username, event);
      streams.presenceChanged(new Map(events));
    };
    all.takes = 1;
    change({ ann: true, carl: true });
    change({ ann: false, carl: false });
    change({ ann: true });
    expect(all.events.slice(1).map(({ data }) => data)).toEqual([
      { username: 'ann', online: true },
      { username: 'carl', online: true },
    ]);
    all.takes = 10;
    source.drained();
    expect(all.events.slice(3).map(({ data }) => data)).toEqual([
      { username: 'ann', online: true },
      { username: 'carl', online: false },
    ]);
    expect(some.events.slice(1).map(({ data }) => data)).toEqual([
      { username: 'ann', online: true },
      { username: 'ann', online: false },
      { username: 'ann', online: true },
    ]);
    expect(none.names()).toEqual(['live']);
  });

  it('ends with a bye when the relay drains, each to come back at another moment', async () => {
    const { start, streams } = await setUp();
    const sinks = Array.from({ length: 50 }, () => createSink());
    for (const sink of sinks) await start(sink);
    streams.close();
    const late = createSink();
    await start(late);
    for (const sink of [...sinks, late]) {
      expect(sink.ended).toBe(true);
      expect(sink.events.at(-1)).toMatchObject({ event: 'bye', data: { reason: 'drain' } });
    }
    const delays = sinks.map((sink) => JSON.stringify(sink.events.at(-1)?.data));
    expect(new Set(delays).size).toBeGreaterThan(20);
  });
});
