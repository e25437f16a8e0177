import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TEXT_MAX_BYTES } from '../src/text-limit.ts';
import { gatherPair, introduce, type Pair } from './e2ee/people.ts';
import { eventually, lines, states } from './people.ts';

let pair: Pair;
beforeEach(async () => {
  pair = await gatherPair();
  await introduce(pair);
});
afterEach(() => pair.end());

describe('a contact who is blocked', () => {
  const send = async (...texts: string[]): Promise<void> => {
    for (const text of texts) pair.alice.send('bob', text);
    await eventually(() => expect(pair.alice.status('bob').queued).toBe(0));
  };
  /** Bob has taken in what was sent before. */
  const bobIsThere = async (): Promise<void> => {
    const carol = await pair.people.join(`carol${Date.now() % 1_000_000}`);
    carol.send('bob', 'are you there?');
    await eventually(() => expect(lines(pair.bob, carol.username)).toEqual(['received are you there?']));
  };

  it('is not shown, is told nothing of it, and cannot be written to', async () => {
    pair.bob.setMarks('alice', { blocked: true });
    const { id } = pair.alice.messages('bob', { limit: 1 })[0] ?? { id: 0 };
    await send('one');
    pair.alice.react('bob', id, '👍');
    await send('two');
    await bobIsThere();
    expect(lines(pair.bob, 'alice')).toEqual(['received hello', 'sent hello too']);
    expect(pair.bob.messages('alice', { limit: 9 }).flatMap(({ reactions }) => reactions)).toEqual([]);
    expect(pair.bob.contacts().find(({ username }) => username === 'alice')).toMatchObject({
      blocked: true,
      unread: 1,
    });
    expect(() => pair.bob.send('alice', 'x')).toThrow('You have blocked alice.');
    expect(() => pair.bob.reply('alice', 1, 'x')).toThrow('You have blocked alice.');
    expect(states(pair.alice, 'bob').slice(-2)).toEqual(['sent one', 'sent two']);
  });

  it('is shown again once unblocked: what came in between is neither missing nor delivered', async () => {
    pair.bob.setMarks('alice', { blocked: true });
    await send('one', 'two');
    await bobIsThere();
    pair.bob.setMarks('alice', { blocked: false });
    await send('three');
    await eventually(() => expect(lines(pair.bob, 'alice').at(-1)).toBe('received three'));
    await eventually(() => expect(states(pair.alice, 'bob').at(-1)).toBe('delivered three'));
    expect(states(pair.alice, 'bob').slice(-3)).toEqual(['sent one', 'sent two', 'delivered three']);
    expect(pair.bob.status('alice').missing).toBe(0);
  });

  it('and has wire contract v1 alone is not shown either', async () => {
    pair.bob.setMarks('mallory', { blocked: true });
    pair.server.deliverMessage('bob', { sender: 'mallory', message: 'v1' });
    await bobIsThere();
    expect(pair.bob.messages('mallory', { limit: 9 })).toEqual([]);
  });
});

it('what was set of a contact is kept over restarts', async () => {
  pair.bob.setMarks('alice', { muted: true, note: 'met at FOSDEM ☕' });
  pair.bob.setMarks('alice', { pinned: true });
  await pair.bob.close();
  const back = await pair.people.back('bob');
  expect(back.contacts().find(({ username }) => username === 'alice')).toMatchObject({
    blocked: false,
    muted: true,
    pinned: true,
    note: 'met at FOSDEM ☕',
  });
});

it('a note has 500 characters at most, and a contact is somebody else', () => {
  pair.bob.setMarks('alice', { note: '☕'.repeat(500) });
  expect(() => pair.bob.setMarks('alice', { note: '☕'.repeat(501) })).toThrow('at most 500');
  expect(() => pair.bob.setMarks('Bob', { muted: true })).toThrow('your own name');
  expect(() => pair.bob.setMarks('a b', { muted: true })).toThrow();
});

const plain = (text: string) => ({ text, of: null });

describe('a draft', () => {
  it('is kept over restarts, of somebody nothing was written to, too', async () => {
    pair.bob.setDraft('alice', plain('I was about to'));
    pair.bob.setDraft('carol', plain('hello\nyou'));
    await pair.bob.close();
    const back = await pair.people.back('bob');
    expect(['alice', 'carol', 'dave'].map((name) => back.draft(name).text)).toEqual([
      'I was about to',
      'hello\nyou',
      '',
    ]);
    back.setDraft('alice', plain(''));
    expect(back.draft('alice')).toEqual(plain(''));
  });

  it('of an answer or an edit is one after a restart, too, as long as the message is there', async () => {
    const { id } = pair.bob.send('alice', 'At noon?');
    pair.bob.setDraft('alice', { text: 'At noon!', of: { kind: 'edit', id } });
    await pair.bob.close();
    const back = await pair.people.back('bob');
    expect(back.draft('alice')).toEqual({ text: 'At noon!', of: { kind: 'edit', id } });
    back.retract('alice', id);
    expect(back.draft('alice')).toEqual(plain('At noon!'));
  });

  it('is as long as a message may be, in whole characters', () => {
    pair.bob.setDraft('alice', plain(`x${'日'.repeat(TEXT_MAX_BYTES / 2)}`));
    const { text: kept } = pair.bob.draft('alice');
    expect(Buffer.byteLength(kept)).toBeGreaterThan(TEXT_MAX_BYTES - 4);
    expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(TEXT_MAX_BYTES);
    expect(kept).toMatch(/^x日+$/);
  });
});
