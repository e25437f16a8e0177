import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed } from '../fake-server.ts';
import { eventually, lines } from '../people.ts';
import { createImpostor } from './impostor.ts';
import { gatherPair, inspect, introduce, type Pair } from './people.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
});
afterEach(() => pair.end());

const REWRITTEN = expect.stringContaining('another history of published keys');
const ENTRY = { username: 'bob', kind: 'public-key', content: '11'.repeat(32) };
const fail = (): never => {
  throw new Error('there is none');
};

describe('a key log', () => {
  it('that grows is followed, its chain is that of the server', async () => {
    const { server, people, alice } = pair;
    await introduce(pair);
    await people.join('carol');
    await alice.safetyNumber('bob');
    await alice.close();
    const { size, hash } = await inspect(people, 'alice', ({ keyLog }) => keyLog.head());
    expect(size).toBe(server.log.length);
    expect(size).toBe(6);
    expect(hash).not.toEqual(Buffer.alloc(32));
    expect((await people.back('alice')).warnings()).toEqual([]);
  });

  it('that is asked for twice at once is the same log', async () => {
    const { people, alice } = pair;
    await introduce(pair);
    await people.join('carol');
    await Promise.all([alice.safetyNumber('bob'), alice.safetyNumber('bob')]);
    expect(alice.warnings()).toEqual([]);
  });

  it.each<[string, (log: Pair['server']['log']) => unknown]>([
    ['an entry taken out', (log) => log.splice(1, 1)],
    ['an entry put in', (log) => log.splice(1, 0, log[0] ?? fail())],
    ['two entries exchanged', (log) => log.splice(0, 2, log[1] ?? fail(), log[0] ?? fail())],
    ['an entry changed', (log) => log.splice(0, 1, { ...(log[0] ?? fail()), at: 1 })],
    ['the newest taken back', (log) => log.pop()],
    ['all of it gone', (log) => log.splice(0)],
  ])('with %s is noticed, said once, and followed anew', async (_, change) => {
    const { server, alice } = pair;
    await introduce(pair);
    change(server.log);
    const asked = alice.safetyNumber('bob').catch(() => undefined);
    await asked;
    await alice.safetyNumber('bob').catch(() => undefined);
    expect(alice.warnings().filter((sentence) => sentence.includes('another history'))).toEqual([REWRITTEN]);
  });

  it('that is gone is noticed, and pinned contacts are spoken to under v2 all the same', async () => {
    const { server, alice, bob } = pair;
    await introduce(pair);
    server.setLie((path) => (path.startsWith('/key-log') ? failed('not_found') : null));
    await alice.safetyNumber('bob').catch(() => undefined);
    expect(alice.warnings()).toContainEqual(REWRITTEN);
    alice.send('bob', 'still v2');
    await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received still v2'));
    expect(bob.messages('alice', { limit: 1 })[0]?.legacy).toBe(false);
  });

  it.each([
    ['null', null],
    [
      'a page without entries that says there are some',
      { from: 0, size: 9, hash: '00'.repeat(32), entries: [] },
    ],
    ['an entry that is none', { from: 0, size: 1, hash: '00'.repeat(32), entries: [{}] }],
    [
      'a time beyond all numbers',
      { from: 4, size: 5, hash: '00'.repeat(32), entries: [{ ...ENTRY, at: 1e300 }] },
    ],
    ['a hash that is none', { from: 0, size: 0, hash: 'x', entries: [] }],
  ])('answered with %s changes nothing that is stored', async (_, body) => {
    const { server, people, alice } = pair;
    await introduce(pair);
    server.setLie((path) => (path.startsWith('/key-log') ? { status: 200, body } : null));
    await expect(alice.safetyNumber('bob')).rejects.toThrow();
    server.setLie(() => null);
    await alice.safetyNumber('bob');
    await alice.close();
    expect(await inspect(people, 'alice', ({ keyLog }) => keyLog.head().size)).toBe(4);
  });

  it('of 2,500 entries is read in pages, to its end', async () => {
    const { server, people, alice } = pair;
    for (let n = 0; n < 2_500; n += 1) server.record(`user${n}`, 'public-key', Buffer.from(`${n}`));
    await introduce(pair);
    await alice.close();
    expect(await inspect(people, 'alice', ({ keyLog }) => keyLog.head().size)).toBe(server.log.length);
  });

  it("with a strange public key in one's own name is an alarm", async () => {
    const { server, people, alice } = pair;
    await alice.close();
    server.record('ALICE', 'public-key', Buffer.from('not hers'));
    const back = await people.back('alice');
    expect(back.warnings()).toEqual([expect.stringContaining('keys were published in your name')]);
  });

  it("with a strange bundle in one's own name is an alarm at the next look, while one is online", async () => {
    const { server, people, alice } = pair;
    await alice.close();
    const timing = { pollMs: 20, retryMs: 20, retryMaxMs: 60, graceMs: 5_000, upkeepMs: 40 };
    const back = await people.back('alice', { timing });
    expect(back.warnings()).toEqual([]);
    createImpostor(server, 'alice', server.user('alice').pem).publish();
    await eventually(() => expect(back.warnings()).toHaveLength(1));
  });
});
