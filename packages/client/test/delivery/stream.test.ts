import { encodeEvent } from '@secure-chat/wire/event-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient } from '../../src/chat-client.ts';
import { type FakeServer, type Fault, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, lines, type People } from '../people.ts';
import { QUICK } from '../quick.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
let bob: ChatClient;
beforeEach(async () => {
  server = await startFakeServer({ modern: true, streaming: true });
  people = await gatherPeople(() => server.url);
  [alice, bob] = await Promise.all([people.join('alice'), people.join('bob')]);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const asked = (path: string): number => server.requests.filter((request) => request.path === path).length;
/** What waits for Bob at the server, unacknowledged. */
const waiting = (): number => server.user('bob').messages.length + server.user('bob').keys.length;
const faultAt = (path: string, fault: Fault) => server.setFault((at) => (at === path ? fault : null));

describe('what the server pushes', () => {
  it('is shown, and acknowledged: nothing is polled for', async () => {
    for (const text of ['one', 'two', 'three']) alice.send('bob', text);
    await eventually(() =>
      expect(lines(bob, 'alice')).toEqual(['received one', 'received two', 'received three']),
    );
    await eventually(() => expect(waiting()).toBe(0));
    expect(asked('/chat/messages') + asked('/chat/keyexchange')).toBe(0);
  });

  it('has waited while nobody was there, and comes first', async () => {
    await bob.close();
    for (const text of ['one', 'two']) alice.send('bob', text);
    await eventually(() => expect(lines(alice, 'bob')).toEqual(['sent one', 'sent two']));
    const back = await people.back('bob');
    expect(lines(back, 'alice')).toEqual(['received one', 'received two']);
    alice.send('bob', 'three');
    await eventually(() => expect(lines(back, 'alice').at(-1)).toBe('received three'));
  });

  it('comes again after a crash before the acknowledgement, and is shown once (check 26)', async () => {
    faultAt('/chat/ack', 'cut');
    alice.send('bob', 'once');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received once']));
    await bob.close();
    expect(waiting()).toBe(2);
    server.setFault(() => null);
    const back = await people.back('bob');
    await eventually(() => expect(waiting()).toBe(0));
    expect(lines(back, 'alice')).toEqual(['received once']);
  });

  it('is acknowledged with the next heartbeat when that failed', async () => {
    await bob.close();
    const back = await people.back('bob', { timing: { ...QUICK.timing, heartbeatMs: 30 } });
    faultAt('/chat/ack', 'cut');
    alice.send('bob', 'one');
    await eventually(() => expect(lines(back, 'alice')).toEqual(['received one']));
    await eventually(() => expect(asked('/chat/ack')).toBeGreaterThan(0));
    server.setFault(() => null);
    await eventually(() => expect(waiting()).toBe(0));
  });

  it('and is malformed costs only itself; what is unknown is passed over', async () => {
    server.push('bob', encodeEvent('message', { sender: 7 }));
    server.push('bob', 'event: key\ndata: {"no": \n\n');
    server.push('bob', encodeEvent('presence', { username: '../x', online: true }));
    server.push('bob', encodeEvent('weather', { sun: true }, 'not.a.cursor'));
    alice.send('bob', 'through');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received through']));
    expect(bob.contacts().map(({ username }) => username)).toEqual(['alice']);
  });

  it('and is too large ends the stream, which goes on where it was', async () => {
    server.push('bob', `data: ${'x'.repeat(200_000)}`);
    await eventually(() => expect(bob.state().kind).not.toBe('online'));
    alice.send('bob', 'still here');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received still here']));
  });
});

describe('a stream that ends', () => {
  const connected = () => eventually(() => expect(bob.state()).toEqual({ kind: 'online' }));

  it('is opened again after what was stored; nothing is lost and nothing shown twice', async () => {
    alice.send('bob', 'before');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received before']));
    server.push('bob', null);
    alice.send('bob', 'between');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received before', 'received between']));
    await connected();
    expect(server.openStreams('bob')).toBe(1);
  });

  it('without a byte for too long counts as lost (check 28)', async () => {
    await bob.close();
    const back = await people.back('bob', { timing: { ...QUICK.timing, silenceMs: 100 } });
    const opened = () => asked('/chat/stream');
    const before = opened();
    await eventually(() => expect(opened()).toBeGreaterThan(before + 1));
    alice.send('bob', 'heard');
    await eventually(() => expect(lines(back, 'alice')).toEqual(['received heard']));
  });

  it('with a goodbye is opened again when the server wants it', async () => {
    const states: string[] = [];
    bob.on((event) => {
      if (event.kind === 'state') states.push(event.state.kind);
    });
    server.push('bob', encodeEvent('bye', { reason: 'drain', retry_ms: 50 }));
    await eventually(() => expect(states).toEqual(['connecting', 'online']));
    alice.send('bob', 'after the drain');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received after the drain']));
  });

  it('at every third event loses nothing, over sixty messages', async () => {
    let count = 0;
    bob.on((event) => {
      if (event.kind === 'message' && ++count % 3 === 0) server.push('bob', null);
    });
    const texts = Array.from({ length: 60 }, (_, index) => `number ${index}`);
    for (const text of texts) alice.send('bob', text);
    await eventually(() => expect(lines(bob, 'alice')).toEqual(texts.map((text) => `received ${text}`)));
  });
});

describe('presence', () => {
  const isOnline = () => bob.contacts().find(({ username }) => username === 'alice')?.online;

  it('changes as the server says, without a request', async () => {
    const before = asked('/chat/users');
    server.push('bob', encodeEvent('presence', { username: 'alice', online: true }));
    await eventually(() => expect(isOnline()).toBe(true));
    server.push('bob', encodeEvent('presence', { username: 'alice', online: false }));
    await eventually(() => expect(isOnline()).toBe(false));
    server.push('bob', encodeEvent('presence', { username: 'carol', online: true }));
    await eventually(() => expect(bob.contacts().map(({ username }) => username)).toContain('carol'));
    expect(asked('/chat/users')).toBe(before);
  });

  it('that the server has told meanwhile is newer than the list that was asked for', async () => {
    await alice.close();
    await bob.close();
    server.user('alice').online = false;
    server.setLie((path, user) => {
      if (path !== '/chat/users' || user !== 'bob') return null;
      server.push('bob', encodeEvent('presence', { username: 'alice', online: true }));
      return {
        status: 200,
        body: [
          { username: 'alice', online: false },
          { username: 'bob', online: true },
        ],
      };
    });
    const back = await people.back('bob');
    server.push('bob', encodeEvent('presence', { username: 'carol', online: true }));
    await eventually(() => expect(back.contacts().map(({ username }) => username)).toContain('carol'));
    expect(back.contacts()[0]).toMatchObject({ username: 'alice', online: true });
  });

  it('is asked for of contacts alone where users are many, of no stranger, and of a new one with the next heartbeat', async () => {
    await bob.close();
    const others = Array.from({ length: 500 }, (_, index) => ({ username: `user${index}`, online: false }));
    server.setLie((path, user) =>
      path === '/chat/users' && user === 'bob'
        ? { status: 200, body: [...others, { username: 'alice', online: true }] }
        : null,
    );
    const back = await people.back('bob', { timing: { ...QUICK.timing, heartbeatMs: 20 } }, 'hold');
    const streams = () =>
      server.requests.flatMap(({ path }) => (path.startsWith('/chat/stream?') ? [path.split('?')[1]] : []));
    await back.addContact('alice');
    await eventually(() => expect(streams().at(-1)).toBe('presence=alice'));
    alice.send('bob', 'still here');
    await eventually(() => expect(lines(back, 'alice')).toEqual(['received still here']));
    const carol = await people.join('carol');
    carol.send('bob', 'hello');
    await eventually(() => expect(lines(back, 'carol')).toEqual(['received hello']));
    const asStranger = asked('/presence');
    await eventually(() => expect(asked('/presence')).toBeGreaterThan(asStranger + 3));
    expect(streams().at(-1)).toBe('presence=alice');
    back.acceptRequest('carol');
    await eventually(() => expect(streams().slice(-2)).toEqual(['presence=alice', 'presence=alice,carol']));
    const before = asked('/presence');
    await eventually(() => expect(asked('/presence')).toBeGreaterThan(before + 3));
    expect(server.openStreams('bob')).toBe(1);
    expect(streams().at(-1)).toBe('presence=alice,carol');
  });

  it('is kept up by heartbeats', async () => {
    await bob.close();
    await people.back('bob', { timing: { ...QUICK.timing, heartbeatMs: 20 } });
    const before = asked('/presence');
    await eventually(() => expect(asked('/presence')).toBeGreaterThan(before + 3));
  });
});
