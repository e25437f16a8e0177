import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientEvent } from '../../src/chat-client.ts';
import { holds } from '../files.ts';
import { eventually, lines } from '../people.ts';
import { gatherPair, inspect, introduce, type Pair } from './people.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
});
afterEach(() => pair.end());

/** The sealed values of all messages, as they stand in the file of a client that is closed. */
function sealedMessages(folder: string): Buffer[] {
  const db = new Database(join(folder, 'profile.db'), { readonly: true });
  const rows = db.prepare<[], { value: Buffer }>('SELECT value FROM messages ORDER BY id').all();
  db.close();
  return rows.map(({ value }) => value);
}

describe('a timer', () => {
  it('is agreed inside the encryption and told to both, and holds for what is sent after it', async () => {
    const { alice, bob } = pair;
    await introduce(pair);
    alice.setTimer('bob', 3_600);
    await eventually(() =>
      expect(lines(bob, 'alice').at(-1)).toBe('note alice set messages to be deleted after 1 hour.'),
    );
    expect(lines(alice, 'bob').at(-1)).toBe('note alice set messages to be deleted after 1 hour.');
    expect(alice.contacts()[0]?.timer).toBe(3_600);
    expect(bob.contacts()[0]?.timer).toBe(3_600);
    bob.setTimer('alice', 0);
    await eventually(() => expect(alice.contacts()[0]?.timer).toBe(0));
    expect(lines(alice, 'bob').at(-1)).toBe('note bob set messages to be kept.');
  });

  it.each([-1, 1.5, 28 * 24 * 3_600 + 1, Number.NaN])('is not %d', async (seconds) => {
    await introduce(pair);
    expect(() => pair.alice.setTimer('bob', seconds)).toThrow(expect.objectContaining({ code: 'refused' }));
  });

  it('deletes on both sides: from its sending here, from its reading there', async () => {
    const { alice, bob } = pair;
    await introduce(pair);
    const deleted: ClientEvent[] = [];
    bob.on((event) => event.kind === 'deleted' && deleted.push(event));
    alice.setTimer('bob', 1);
    await eventually(() => expect(bob.contacts()[0]?.timer).toBe(1));
    alice.send('bob', 'burn this');
    await eventually(() => expect(lines(bob, 'alice')).toContain('received burn this'));
    await eventually(() => expect(lines(alice, 'bob')).not.toContain('sent burn this'));
    // Nobody has read it there.
    expect(lines(bob, 'alice')).toContain('received burn this');
    bob.markRead('alice');
    await eventually(() => expect(lines(bob, 'alice')).not.toContain('received burn this'));
    expect(deleted).toEqual([{ kind: 'deleted', contact: 'alice' }]);
    expect(lines(bob, 'alice')).toContain('received hello');
  });

  it('that was not seen yet stays when one before it was', async () => {
    const { alice, bob } = pair;
    await introduce(pair);
    alice.setTimer('bob', 1);
    await eventually(() => expect(bob.contacts()[0]?.timer).toBe(1));
    alice.send('bob', 'burn this');
    alice.send('bob', 'and later this');
    await eventually(() => expect(lines(bob, 'alice').at(-1)).toBe('received and later this'));
    const first = bob.messages('alice', { limit: 2 })[0]?.id ?? 0;
    bob.markRead('alice', first);
    await eventually(() => expect(lines(bob, 'alice')).not.toContain('received burn this'));
    expect(lines(bob, 'alice')).toContain('received and later this');
  });

  it('whose time is over while nothing runs deletes at the next start, and the pages are gone', async () => {
    const { people, alice, bob } = pair;
    await introduce(pair);
    alice.setTimer('bob', 1);
    alice.send('bob', 'burn this');
    await eventually(() => expect(lines(bob, 'alice')).toContain('received burn this'));
    bob.markRead('alice');
    await bob.close();
    const folder = people.profileOf('bob');
    const sealed = sealedMessages(folder).at(-1) ?? Buffer.alloc(0);
    expect(holds(folder, sealed)).toBe(true);
    const later = Date.now() + 5_000;
    const back = await people.back('bob', { now: () => Math.max(Date.now(), later) });
    await eventually(() => expect(lines(back, 'alice')).not.toContain('received burn this'));
    expect(holds(folder, sealed)).toBe(false);
  });
});

describe('deleting the history of a contact', () => {
  it('leaves no byte of it in any file, and the conversation goes on', async () => {
    const { people, alice, bob } = pair;
    await introduce(pair);
    for (let n = 0; n < 50; n += 1) alice.send('bob', `message ${n} ${'x'.repeat(200)}`);
    await eventually(() => expect(lines(bob, 'alice')).toHaveLength(52));
    await bob.close();
    const folder = people.profileOf('bob');
    const sealed = sealedMessages(folder);
    const back = await people.back('bob');
    back.deleteHistory('alice');
    expect(lines(back, 'alice')).toEqual([]);
    expect(back.contacts()[0]).toMatchObject({ username: 'alice', unread: 0, lastMessageAt: null });
    expect(sealed.filter((bytes) => holds(folder, bytes))).toEqual([]);
    alice.send('bob', 'what now?');
    await eventually(() => expect(lines(back, 'alice')).toEqual(['received what now?']));
  });

  it('takes back what was not sent yet', async () => {
    const { server, people, alice } = pair;
    await introduce(pair);
    server.setFault(() => 'cut');
    alice.send('bob', 'not sent');
    alice.deleteHistory('bob');
    await alice.close();
    expect(await inspect(people, 'alice', ({ outbox }) => outbox.waiting())).toEqual([]);
    server.setFault(() => null);
    const back = await people.back('alice');
    back.send('bob', 'sent');
    await eventually(() => expect(lines(pair.bob, 'alice').at(-1)).toBe('received sent'));
    expect(lines(pair.bob, 'alice')).not.toContain('received not sent');
  });

  it('of nobody is refused', () => {
    expect(() => pair.alice.deleteHistory('nobody')).toThrow(expect.objectContaining({ code: 'refused' }));
  });
});
