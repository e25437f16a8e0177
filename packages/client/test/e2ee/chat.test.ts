import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChatClient } from '../../src/chat-client.ts';
import { type FakeServer, startFakeServer } from '../fake-server.ts';
import { eventually, gatherPeople, lines, type People } from '../people.ts';

let server: FakeServer;
let people: People;
let alice: ChatClient;
let bob: ChatClient;
beforeEach(async () => {
  server = await startFakeServer({ modern: true });
  people = await gatherPeople(() => server.url);
  alice = await people.join('alice');
  bob = await people.join('Bob');
});
afterEach(async () => {
  await people.end();
  await server.stop();
});

const protection = (client: ChatClient, name: string) =>
  client.contacts().find(({ username }) => username === name)?.protection;
const sent = (verb: string) =>
  server.requests.filter(({ path, body }) => path.endsWith(`/${verb}`) && body !== '');

describe('between two of our clients', () => {
  it('messages go under protocol v2, both ways, and nothing of v1 leaves', async () => {
    alice.send('bob', 'hello');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received hello']));
    bob.send('alice', 'hello yourself');
    await eventually(() => expect(lines(alice, 'bob')).toEqual(['sent hello', 'received hello yourself']));
    for (const { body } of [...sent('send'), ...sent('keyexchange')]) expect(body).toContain(':"v2.');
    expect(sent('keyexchange')).toHaveLength(1);
    expect(bob.messages('alice', { limit: 9 }).map(({ legacy }) => legacy)).toEqual([false, false]);
    expect(protection(alice, 'Bob')).toBe('unverified');
    expect(protection(bob, 'alice')).toBe('unverified');
  });

  it('both may start at once, and come to one exchange', async () => {
    server.setFault((path) => (/keyexchange$|messages$/.test(path) ? 'cut' : null));
    for (const n of [1, 2, 3]) {
      alice.send('bob', `a${n}`);
      bob.send('alice', `b${n}`);
    }
    server.setFault(() => null);
    const all = (mine: string, theirs: string) =>
      [1, 2, 3].flatMap((n) => [`sent ${mine}${n}`, `received ${theirs}${n}`]).sort();
    await eventually(() => expect(lines(alice, 'bob').sort()).toEqual(all('a', 'b')));
    await eventually(() => expect(lines(bob, 'alice').sort()).toEqual(all('b', 'a')));
    const before = sent('keyexchange').length;
    for (const n of [4, 5]) {
      alice.send('bob', `a${n}`);
      await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe(`received a${n}`));
      bob.send('alice', `b${n}`);
      await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe(`received b${n}`));
    }
    expect(sent('keyexchange')).toHaveLength(before);
  });

  it('the safety number is the same on both sides, in digits and words, and verified is what a person says', async () => {
    const ours = await alice.safetyNumber('bob');
    expect(await bob.safetyNumber('alice')).toEqual(ours);
    expect(ours.digits).toMatch(/^\d{60}$/);
    expect(ours.words).toHaveLength(19);
    expect(ours.before).toBeNull();
    alice.setVerified('bob', true);
    expect(protection(alice, 'Bob')).toBe('verified');
    alice.send('bob', 'x');
    await eventually(() => expect(lines(bob, 'alice')).toHaveLength(1));
    expect(protection(alice, 'Bob')).toBe('verified');
    alice.setVerified('bob', false);
    expect(protection(alice, 'Bob')).toBe('unverified');
  });

  it('sessions and pins outlive the program', async () => {
    alice.send('bob', 'one');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received one']));
    await alice.close();
    await bob.close();
    alice = await people.back('alice');
    bob = await people.back('Bob');
    bob.send('alice', 'two');
    await eventually(() => expect(lines(alice, 'bob')).toEqual(['sent one', 'received two']));
    expect(sent('keyexchange')).toHaveLength(1);
  });

  it('new keys are made on request, and the old ones still open what was on its way', async () => {
    alice.send('bob', 'one');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received one']));
    alice.renewKeys('bob');
    bob.send('alice', 'under the old');
    alice.send('bob', 'under the new');
    await eventually(() => expect(lines(bob, 'alice').sort()).toContain('received under the new'));
    await eventually(() => expect(lines(alice, 'bob')).toContain('received under the old'));
    expect(sent('keyexchange')).toHaveLength(2);
    bob.send('alice', 'last');
    await eventually(() => expect(lines(alice, 'bob').at(-1)).toBe('received last'));
    expect(sent('keyexchange')).toHaveLength(2);
  });

  it('a message that comes before its exchange waits, over a restart, and is read when that comes', async () => {
    server.setLoss((_, { verb }) => verb === 'keyexchange');
    alice.send('bob', 'early');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['undecryptable']));
    const [exchange] = sent('keyexchange');
    await bob.close();
    bob = await people.back('Bob');
    expect(lines(bob, 'alice')).toEqual(['undecryptable']);
    server.deliverKey('bob', { sender: 'alice', ...JSON.parse(exchange?.body ?? '') });
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received early']));
  });

  it('what cannot be read is asked for again, visibly, and arrives once in its place', async () => {
    alice.send('bob', 'first');
    await eventually(() => expect(lines(bob, 'alice')).toEqual(['received first']));
    // The server changes a message on its way.
    server.setLoss((to, { verb, message, id }) => {
      if (to !== 'Bob' || verb !== 'send') return false;
      server.deliverMessage('bob', {
        sender: 'alice',
        id,
        message: `${String(message).slice(0, -8)}AAAAAAA=`,
      });
      server.setLoss(() => false);
      return true;
    });
    alice.send('bob', 'second');
    await eventually(() =>
      expect(lines(bob, 'alice')).toEqual([
        'received first',
        'received second',
        "note A message could not be read. New keys were made, and alice's client was asked for it again.",
      ]),
    );
    alice.send('bob', 'third');
    await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received third'));
    expect(lines(alice, 'bob')).toEqual([
      'sent first',
      'sent second',
      "note Bob's client could not read one message of yours, and was sent it again.",
      'sent third',
    ]);
  });
});
