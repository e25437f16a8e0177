import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient } from '../../src/chat-client.ts';
import { type FakeServer, type Fault, failed, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, type People, states } from '../people.ts';
import { QUICK } from '../quick.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
let bob: ChatClient;
beforeEach(async () => {
  server = await startFakeServer({ modern: true, streaming: true });
  people = await gatherPeople(() => server.url);
  const timing = { ...QUICK.timing, missingMs: 50 };
  [alice, bob] = await Promise.all([people.join('alice'), people.join('bob', { timing })]);
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

/** The server says that it has these of the records to Bob, and loses them: 0 is the first message. */
function lose(numbers: readonly number[]): void {
  const ids: string[] = [];
  server.setLoss((to, { verb, id }) => {
    if (to !== 'bob' || verb !== 'send') return false;
    if (!ids.includes(String(id))) ids.push(String(id));
    return numbers.includes(ids.indexOf(String(id)));
  });
}

const isMessage = ({ path }: { path: string }): boolean => path === '/chat/bob/send';

const send = async (texts: readonly string[]): Promise<void> => {
  for (const text of texts) alice.send('bob', text);
  await eventually(() =>
    expect(states(alice, 'bob').filter((line) => line.startsWith('queued'))).toEqual([]),
  );
};

/** The server cannot be reached with messages to Bob until it is called; it has what it was sent, or not. */
function holdBack(fault: Fault): () => void {
  server.setFault((path) => (path === '/chat/bob/send' ? fault : null));
  return () => server.setFault(() => null);
}

describe('messages that are not sent after all', () => {
  beforeEach(async () => {
    await send(['one']);
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered one']));
  });

  it.each(['cut', 'after'] as const)('are not missing when they are deleted: %s', async (fault) => {
    const release = holdBack(fault);
    alice.send('bob', 'two');
    alice.send('bob', 'three');
    await eventually(() => expect(server.requests.filter(isMessage)).not.toEqual([]));
    alice.deleteHistory('bob');
    release();
    await send(['four']);
    await eventually(() => expect(states(bob, 'alice')).toContain('received four'));
    await eventually(() => expect(alice.status('bob')).toMatchObject({ complete: true, queued: 0 }));
    expect(bob.status('alice').missing).toBe(0);
    expect(states(bob, 'alice')).not.toContain('missing');
  });

  it('are not missing when the server refuses them', async () => {
    const release = holdBack(failed('too_large'));
    alice.send('bob', 'two');
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered one', 'failed two']));
    release();
    await send(['three']);
    await eventually(() => expect(alice.status('bob')).toMatchObject({ complete: true }));
    expect(states(bob, 'alice')).toEqual(['received one', 'received three']);
    expect(states(alice, 'bob')).toEqual(['delivered one', 'failed two', 'delivered three']);
  });
});

describe('messages that the server has lost', () => {
  it('are shown as missing in their place, asked for once, and come there', async () => {
    lose([1, 2]);
    const seen: string[] = [];
    bob.on((event) => {
      if (event.kind === 'message') seen.push(`${event.message.state} ${event.message.count}`);
    });
    await send(['one', 'two', 'three', 'four']);
    const toldOfTwo: string[] = [];
    alice.on((event) => {
      if (event.kind === 'message' && event.message.text === 'two') toldOfTwo.push(event.message.state);
    });
    await eventually(() =>
      expect(states(bob, 'alice')).toEqual([
        'received one',
        'received two',
        'received three',
        'received four',
      ]),
    );
    expect(seen.filter((line) => line === 'missing 1')).toHaveLength(2);
    await eventually(() =>
      expect(states(alice, 'bob')).toEqual([
        ...['delivered one', 'delivered two', 'delivered three', 'delivered four'],
        "note bob's client did not get 2 messages of yours, and was sent them again.",
      ]),
    );
    expect(bob.status('alice').missing).toBe(0);
    // The server had said that it has it.
    expect(toldOfTwo).not.toContain('queued');
  });

  it('stay missing when their sender has deleted them, over restarts', async () => {
    await send(['one']);
    await eventually(() => expect(states(bob, 'alice')).toEqual(['received one']));
    await bob.close();
    lose([0]);
    await send(['two']);
    alice.deleteHistory('bob');
    await send(['three']);
    const timing = { ...QUICK.timing, missingMs: 50 };
    const back = await people.back('bob', { timing });
    await eventually(() =>
      expect(states(back, 'alice')).toEqual(['received one', 'missing', 'received three']),
    );
    expect(back.status('alice').missing).toBe(1);
    await eventually(() => expect(alice.status('bob')).toMatchObject({ complete: false }));
    await back.close();
    const again = await people.back('bob', { timing });
    expect(states(again, 'alice')).toEqual(['received one', 'missing', 'received three']);
  });

  it('and come late, before they count as missing, take their place without a word', async () => {
    const kept: Record<string, unknown>[] = [];
    await bob.close();
    const back = await people.back('bob', { timing: { ...QUICK.timing, missingMs: 60_000 } });
    server.setLoss((to, record) => {
      if (to !== 'bob' || record.verb !== 'send' || kept.length > 0) return false;
      kept.push(record);
      return true;
    });
    await send(['one', 'two']);
    await eventually(() => expect(states(back, 'alice')).toEqual(['received two']));
    const [{ verb: _, ...record } = {}] = kept;
    server.deliverMessage('bob', record);
    await eventually(() => expect(states(back, 'alice')).toEqual(['received one', 'received two']));
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered one', 'delivered two']));
  });

  it('at the end are not known to the reader, and the sender sees that they have not arrived', async () => {
    lose([1]);
    await send(['one', 'two']);
    await eventually(() => expect(states(alice, 'bob')).toEqual(['delivered one', 'sent two']));
    expect(alice.status('bob')).toMatchObject({ complete: false });
  });
});

it('a contact with a new profile begins a new numbering: nothing is missing', async () => {
  await send(['one', 'two']);
  await eventually(() => expect(states(bob, 'alice')).toHaveLength(2));
  await alice.exportProfile(`${people.root}/alice.archive`);
  await bob.renewIdentity();
  await alice.safetyNumber('bob');
  alice.acceptIdentity('bob');
  await send(['three']);
  await eventually(() => expect(states(bob, 'alice').at(-1)).toBe('received three'));
  await eventually(() => expect(states(alice, 'bob')).toContain('delivered three'));
  expect(bob.status('alice').missing).toBe(0);
});
