import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../src/chat-client.ts';
import { TEXT_MAX_BYTES } from '../../src/text-limit.ts';
import { failed } from '../fake-server.ts';
import { eventually, states } from '../people.ts';
import { QUICK } from '../quick.ts';
import { gatherPair, introduce, type Pair } from './people.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
  await introduce(pair);
});
afterEach(() => pair.end());

type Person = 'alice' | 'bob';
const other = (person: Person): Person => (person === 'alice' ? 'bob' : 'alice');
const all = (person: Person): Message[] => pair[person].messages(other(person), { limit: 1_000 });
/** The message of a person's own conversation that has this text. */
function at(person: Person, text: string): Message {
  const found = all(person).find((message) => message.text === text);
  if (!found) throw new Error(`${person} has no "${text}"`);
  return found;
}
const arrives = (person: Person, text: string) => eventually(() => expect(at(person, text)).toBeDefined());
const settled = (person: Person) =>
  eventually(() => expect(pair[person].status(other(person))).toMatchObject({ queued: 0, complete: true }));

describe('an answer', () => {
  it.each(['hello', 'hello too'])('names the message that it answers, on both sides: %s', async (text) => {
    const { id } = at('alice', text);
    const written = pair.alice.reply('bob', id, 'indeed');
    expect(written).toMatchObject({ text: 'indeed', answers: { id, text } });
    await arrives('bob', 'indeed');
    const { id: itsId, sender } = at('bob', text);
    expect(at('bob', 'indeed').answers).toEqual({ id: itsId, sender, text });
    await settled('alice');
    expect(pair.bob.contacts()).toMatchObject([{ unread: 2 }]);
  });

  it('to a message that is not here says so, and is read all the same', async () => {
    const { id } = at('alice', 'hello');
    pair.bob.deleteHistory('alice');
    pair.alice.reply('bob', id, 'indeed');
    await arrives('bob', 'indeed');
    expect(at('bob', 'indeed').answers).toEqual({ id: null, sender: '', text: '' });
  });

  it('of the longest text arrives, to the longest message', async () => {
    const long = '日'.repeat(Math.floor(TEXT_MAX_BYTES / 3));
    const first = pair.alice.send('bob', long);
    await arrives('bob', long);
    pair.alice.reply('bob', first.id, 'x'.repeat(TEXT_MAX_BYTES));
    await arrives('bob', 'x'.repeat(TEXT_MAX_BYTES));
  });
});

describe('an edit', () => {
  it('replaces the text on both sides, and is no message of its own', async () => {
    const { id } = at('alice', 'hello');
    const before = pair.bob.contacts()[0]?.unread;
    expect(pair.alice.edit('bob', id, 'hallo')).toMatchObject({ id, text: 'hallo', edited: true });
    await arrives('bob', 'hallo');
    expect(at('bob', 'hallo')).toMatchObject({ edited: true, state: 'received' });
    expect(all('bob')).toHaveLength(2);
    expect(pair.bob.contacts()[0]?.unread).toBe(before);
    await settled('alice');
    expect(all('alice')).toHaveLength(2);
  });

  it('of a message that has not left this machine is made in it: nothing else goes out', async () => {
    pair.server.setFault(() => failed('unavailable'));
    const { id } = pair.alice.send('bob', 'one');
    await eventually(() => expect(pair.alice.state().kind).toBe('offline'));
    const waiting = pair.alice.send('bob', 'two');
    pair.alice.edit('bob', waiting.id, 'three');
    pair.server.setFault(() => null);
    await arrives('bob', 'three');
    expect(at('bob', 'three').edited).toBe(false);
    expect(all('bob').map(({ text }) => text)).not.toContain('two');
    expect(at('alice', 'one').id).toBe(id);
  });

  it('counts by its time: one that comes late changes nothing', async () => {
    const { id } = at('alice', 'hello');
    pair.alice.edit('bob', id, 'second');
    await arrives('bob', 'second');
    await settled('alice');
    const early = { ...QUICK, now: () => Date.now() - 20_000 };
    await pair.alice.close();
    pair.alice = await pair.people.back('alice', early);
    pair.alice.edit('bob', id, 'first');
    pair.alice.send('bob', 'after it');
    await arrives('bob', 'after it');
    expect(at('bob', 'second').edited).toBe(true);
  });

  it('of a message that is not here is shown as a message, as an older client would', async () => {
    const { id } = at('alice', 'hello');
    pair.bob.deleteHistory('alice');
    pair.alice.edit('bob', id, 'hallo');
    await arrives('bob', 'Edited: hallo');
  });

  it('is of one’s own, of messages that are there and have a text', async () => {
    const { alice } = pair;
    const theirs = at('alice', 'hello too');
    expect(() => alice.edit('bob', theirs.id, 'x')).toThrow('Only messages of your own');
    expect(() => alice.retract('bob', theirs.id)).toThrow('Only messages of your own');
    for (const id of [0, -1, 999, 1.5])
      expect(() => alice.edit('bob', id, 'x')).toThrow('There is no message');
    const { id } = at('alice', 'hello');
    expect(() => alice.edit('bob', id, '  ')).toThrow('nothing to send');
    expect(() => alice.edit('bob', id, 'x'.repeat(TEXT_MAX_BYTES + 1))).toThrow('too long');
    expect(() => alice.edit('carol', id, 'x')).toThrow('no contact "carol"');
  });
});

describe('a deletion', () => {
  it('takes the text away on both sides', async () => {
    const { id } = at('alice', 'hello');
    pair.bob.react('alice', at('bob', 'hello').id, '👍');
    await eventually(() => expect(at('alice', 'hello').reactions).toHaveLength(1));
    pair.alice.retract('bob', id);
    expect(all('alice')[0]).toMatchObject({ id, text: '', deleted: true, reactions: [] });
    await eventually(() => expect(all('bob')[0]).toMatchObject({ text: '', deleted: true, reactions: [] }));
    for (const change of [() => pair.alice.edit('bob', id, 'x'), () => pair.alice.react('bob', id, '👍')])
      expect(change).toThrow('There is no message');
  });

  it('of a message that has not left this machine leaves nothing of it', async () => {
    pair.server.setFault(() => failed('unavailable'));
    pair.alice.send('bob', 'one');
    await eventually(() => expect(pair.alice.state().kind).toBe('offline'));
    const { id } = pair.alice.send('bob', 'two');
    pair.alice.retract('bob', id);
    expect(all('alice').map(({ text }) => text)).not.toContain('two');
    pair.server.setFault(() => null);
    pair.alice.send('bob', 'three');
    await arrives('bob', 'three');
    expect(pair.bob.status('alice').missing).toBe(0);
    expect(states(pair.bob, 'alice').filter((line) => line.startsWith('received'))).toEqual([
      'received hello',
      'received one',
      'received three',
    ]);
  });
});

describe('a reaction', () => {
  it('stands at the message on both sides, one of each person, until it is taken back', async () => {
    const { id } = at('alice', 'hello too');
    pair.alice.react('bob', id, '👍');
    await eventually(() =>
      expect(at('bob', 'hello too').reactions).toEqual([{ sender: 'alice', emoji: '👍' }]),
    );
    pair.bob.react('alice', at('bob', 'hello too').id, '👩‍🚀');
    const both = [
      { sender: 'bob', emoji: '👩‍🚀' },
      { sender: 'alice', emoji: '👍' },
    ];
    await eventually(() => expect(at('alice', 'hello too').reactions).toEqual(both));
    pair.alice.react('bob', id, '🎉');
    await eventually(() =>
      expect(at('bob', 'hello too').reactions).toContainEqual({ sender: 'alice', emoji: '🎉' }),
    );
    pair.alice.react('bob', id, null);
    await eventually(() =>
      expect(at('bob', 'hello too').reactions).toEqual([{ sender: 'bob', emoji: '👩‍🚀' }]),
    );
    expect([all('alice'), all('bob')].map((messages) => messages.length)).toEqual([2, 2]);
  });

  it.each(['', 'x', 'ab', '👍👍', '\u001b[2J', '1', `👍${'\u0301'.repeat(40)}`])(
    'is one emoji: not %j',
    (emoji) => {
      expect(() => pair.alice.react('bob', at('alice', 'hello').id, emoji)).toThrow('one emoji');
    },
  );
});

it('all of it is kept over restarts', async () => {
  const { id } = at('alice', 'hello');
  pair.alice.edit('bob', id, 'hallo');
  pair.alice.react('bob', id, '👍');
  pair.alice.reply('bob', id, 'indeed');
  await arrives('bob', 'indeed');
  await settled('alice');
  await pair.alice.close();
  pair.alice = await pair.people.back('alice');
  expect(at('alice', 'hallo')).toMatchObject({ edited: true, reactions: [{ sender: 'alice', emoji: '👍' }] });
  expect(at('alice', 'indeed').answers).toEqual({ id, sender: 'alice', text: 'hallo' });
});

it('what the server refuses is told: no row of the conversation would show it', async () => {
  const { id } = at('alice', 'hello');
  pair.server.setFault((path) => (path === '/chat/bob/send' ? failed('too_large') : null));
  pair.alice.react('bob', id, '👍');
  await eventually(() =>
    expect(states(pair.alice, 'bob').at(-1)).toMatch(/^note A reaction was not sent\. /),
  );
  pair.server.setFault(() => null);
  pair.alice.send('bob', 'after it');
  await arrives('bob', 'after it');
  expect(pair.bob.status('alice').missing).toBe(0);
});

it('a contact who has wire contract v1 alone can be answered, with a quotation, and nothing else', async () => {
  pair.server.deliverMessage('alice', { sender: 'carol', message: 'v1 text' });
  await eventually(() => expect(pair.alice.contacts().map(({ username }) => username)).toContain('carol'));
  const [{ id } = { id: 0 }] = pair.alice.messages('carol', { limit: 1 });
  // What cannot be read cannot be answered either.
  expect(() => pair.alice.reply('carol', id, 'x')).toThrow('There is no message');
  const sent = pair.alice.send('carol', 'hello');
  expect(() => pair.alice.react('carol', sent.id, '👍')).toThrow(/legacy|protocol/i);
});
