import { expect, it } from 'vitest';
import { NOTHING } from '../src/bodies.ts';
import type { ConnectionState } from '../src/chat.ts';
import type { Inbox } from '../src/inbox.ts';
import { createReceiver } from '../src/receiver.ts';
import type { Session } from '../src/session.ts';
import { createSync, TIMING } from '../src/sync.ts';
import { TransportError } from '../src/transport-error.ts';
import { type FakeServer, startFakeServer } from './fake-server.ts';
import { NO_STREAM } from './legacy-only.ts';
import { eventually, gatherPeople, lines } from './people.ts';

const TIMING_OF_TEST = { ...TIMING, retryMs: 10, retryMaxMs: 40, graceMs: 50 };

function startSync(options: { poll: () => Promise<number>; deliver?: () => Promise<boolean> }) {
  const states: ConnectionState[] = [];
  const sync = createSync({
    deliver: async () => false,
    onLate: async () => undefined,
    onState: (state) => states.push(state),
    now: Date.now,
    timing: TIMING_OF_TEST,
    ...options,
  });
  return { sync, states, first: sync.start() };
}

it('the first round tells why it failed; further ones go on until one succeeds', async () => {
  let failures = 3;
  const gone = new TransportError('unreachable', 'Gone.');
  const { sync, states, first } = startSync({
    poll: async () => {
      if (failures-- > 0) throw gone;
      return 60_000;
    },
  });
  expect(await first).toBe(gone);
  await eventually(() => expect(sync.state()).toEqual({ kind: 'online' }));
  expect(states.map(({ kind }) => kind)).toEqual([
    ...['offline', 'connecting', 'offline', 'connecting', 'offline', 'connecting', 'online'],
  ]);
  expect(states[0]).toMatchObject({ reason: 'Gone.' });
  await sync.stop();
});

it('pauses grow to the longest, and half of each is chance', async () => {
  const pauses: number[] = [];
  const sync = createSync({
    poll: () => Promise.reject(new Error('no')),
    deliver: async () => false,
    onLate: async () => undefined,
    onState: (state) => state.kind === 'offline' && pauses.push(state.retryAt),
    now: () => 0,
    timing: TIMING_OF_TEST,
  });
  await sync.start();
  await eventually(() => expect(pauses.length).toBeGreaterThan(5));
  await sync.stop();
  expect(Math.max(...pauses)).toBeLessThanOrEqual(40);
  expect(pauses[0]).toBeLessThanOrEqual(10);
  expect(Math.min(...pauses.slice(2))).toBeGreaterThanOrEqual(20);
});

it('a round that comes much too late begins as connecting: the last answer says nothing any more', async () => {
  let time = 1_000_000;
  const seen: string[] = [];
  const states: string[] = [];
  const sync = createSync({
    async poll() {
      seen.push(sync.state().kind);
      return 10;
    },
    deliver: async () => false,
    onLate: async () => void seen.push('late'),
    onState: ({ kind }) => states.push(kind),
    now: () => time,
    timing: TIMING_OF_TEST,
  });
  await sync.start();
  time += 5_010;
  await eventually(() => expect(seen).toEqual(['connecting', 'online']));
  time += 5_011;
  await eventually(() => expect(seen).toEqual(['connecting', 'online', 'late', 'connecting']));
  await eventually(() => expect(states).toEqual(['online', 'connecting', 'online']));
  await sync.stop();
});

it('a connection that ends as soon as it is made is made anew ever later, whatever the server says', async () => {
  const polls: number[] = [];
  const sync = createSync({
    async poll() {
      polls.push(performance.now());
      return 60_000;
    },
    deliver: async () => false,
    onLate: async () => undefined,
    onState: ({ kind }) => kind === 'online' && queueMicrotask(() => sync.reconnect(null, 0)),
    now: () => Math.round(performance.now()),
    timing: TIMING_OF_TEST,
  });
  await sync.start();
  await eventually(() => expect(polls.length).toBeGreaterThan(7));
  await sync.stop();
  const pauses = polls.slice(1).map((at, index) => at - (polls[index] ?? 0));
  // Half of the longest pause at least, but for what a clock in milliseconds rounds away.
  expect(Math.min(...pauses.slice(3))).toBeGreaterThanOrEqual(TIMING_OF_TEST.retryMaxMs / 2 - 2);
});

it('waking delivers at once, without another poll, until nothing is left', async () => {
  let polls = 0;
  let left = 0;
  const { sync, first } = startSync({
    poll: async () => {
      polls += 1;
      return 60_000;
    },
    deliver: async () => {
      if (left > 0) left -= 1;
      return left > 0;
    },
  });
  expect(await first).toBeNull();
  left = 3;
  sync.wake();
  await eventually(() => expect(left).toBe(0));
  expect(polls).toBe(1);
  await sync.stop();
  await sync.ended();
});

it('stopping waits for the round at hand, but no longer than the grace', async () => {
  const { sync, states } = startSync({ poll: () => new Promise(() => undefined) });
  await sync.stop();
  expect(states).toEqual([]);
});

it('an answer that is on its way when the client closes is stored', async () => {
  const server: FakeServer = await startFakeServer();
  const people = await gatherPeople(() => server.url);
  const [alice, bob] = await Promise.all([people.join('alice'), people.join('bob')]);
  server.setFault((path) => (path === '/chat/messages' ? { status: 200, body: { messages: [] } } : null));
  alice.send('bob', 'last words');
  await eventually(() => expect(lines(alice, 'bob')).toEqual(['sent last words']));
  let closing: Promise<void> | null = null;
  server.setFault((path) => {
    if (path === '/chat/messages' && server.user('bob').messages.length > 0) closing ??= bob.close();
    return null;
  });
  await eventually(() => expect(closing).not.toBeNull());
  await closing;
  expect(lines(await people.back('bob'), 'alice')).toEqual(['received last words']);
  await people.end();
  await server.stop();
});

const record = { sender: 'bob', id: 'i'.repeat(16), seq: 0, timestamp: '2026-01-04T10:30:00Z' };
const stored = { id: 1, contact: 1, sender: 'bob', text: '', at: 0 };

function createScripted(options: { inbox: Partial<Inbox>; messages?: number }) {
  const asked: string[] = [];
  const session: Session = {
    async request(request) {
      asked.push(request.path);
      const messages = asked.length <= 4 ? Array.from({ length: options.messages ?? 1 }, () => record) : [];
      const body = {
        keys: [],
        messages: messages.map((item) => ({ type: 'CHAT_MESSAGE', message: 'm', ...item })),
      };
      const answer = request.response(body);
      if (answer === null) throw new Error('not an answer');
      return answer;
    },
    stream: NO_STREAM,
    end: async () => undefined,
  };
  const inbox = {
    receiveKeys: async () => NOTHING,
    receiveMessages: () => NOTHING,
    retry: () => NOTHING,
    ...options.inbox,
  };
  const exchanges = { answer: async () => undefined };
  return { asked, receiver: createReceiver({ session, inbox, exchanges, onReceived: () => undefined }) };
}

it('a page that could not be stored is kept, and stored before the next is asked for', async () => {
  const pages: number[] = [];
  let full = true;
  const { asked, receiver } = createScripted({
    inbox: {
      receiveMessages(records) {
        if (full) throw new Error('disk full');
        pages.push(records.length);
        return NOTHING;
      },
    },
  });
  await expect(receiver.receive()).rejects.toThrow('disk full');
  full = false;
  await receiver.receive();
  expect(pages).toEqual([1]);
  expect(asked).toEqual(['/chat/keyexchange', '/chat/messages', '/chat/keyexchange']);
});

it('full pages are followed by the next at once', async () => {
  const { asked, receiver } = createScripted({ inbox: {}, messages: 64 });
  await receiver.receive();
  expect(asked.filter((path) => path === '/chat/messages')).toHaveLength(3);
});

it('keys are asked for again when a message does not decrypt', async () => {
  const { asked, receiver } = createScripted({
    inbox: { receiveMessages: () => ({ ...NOTHING, messages: [{ ...stored, state: 'undecryptable' }] }) },
  });
  await receiver.receive();
  expect(asked).toEqual(['/chat/keyexchange', '/chat/messages', '/chat/keyexchange']);
});
