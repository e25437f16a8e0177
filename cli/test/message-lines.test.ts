import type { Message } from '@secure-chat/client/chat-client';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonLine, textLine, timeText } from '../src/message-lines.ts';

const message = (part: Partial<Message> = {}): Message => ({
  id: 7,
  contact: 'bob',
  sender: 'bob',
  text: 'hi',
  at: Date.UTC(2026, 10, 25, 21, 48, 3, 5),
  state: 'received',
  legacy: false,
  request: false,
  count: 1,
  answers: null,
  edited: false,
  deleted: false,
  reactions: [],
  ...part,
});

const anyText = fc.string({ unit: 'binary', maxLength: 40 });
/** What a terminal obeys, or what some readers end a line at. */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

describe('a line of JSON', () => {
  it('has the members that docs/cli.md names', () => {
    expect(JSON.parse(jsonLine(message()))).toEqual({
      id: 7,
      contact: 'bob',
      sender: 'bob',
      direction: 'in',
      at: '2026-11-25T21:48:03.005Z',
      state: 'received',
      text: 'hi',
      legacy: false,
      request: false,
      count: 1,
      answers: null,
      edited: false,
      deleted: false,
      reactions: [],
    });
    const answer = message({ answers: { id: 3, sender: 'alice', text: 'one' }, edited: true });
    expect(JSON.parse(jsonLine(answer))).toMatchObject({ answers: 3, edited: true });
    const own = message({ sender: 'alice', state: 'failed', failure: 'No.' });
    expect(JSON.parse(jsonLine(own))).toMatchObject({ direction: 'out', failure: 'No.' });
    expect(JSON.parse(jsonLine(message({ sender: 'alice', state: 'note' })))).toMatchObject({
      direction: 'in',
    });
  });

  it('gives any text back, and holds nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const line = jsonLine(message({ text }));
        expect(JSON.parse(line).text).toBe(text);
        expect(line).not.toMatch(OBEYED);
      }),
    );
  });

  it.each(['\n', '\r\n', '\u2028', '\u2029', '\x85', '\x1b[2J', '\x9b2J', '\u202e', '\ud800', '\0', '"\\'])(
    'of %j',
    (text) => {
      const line = jsonLine(message({ text }));
      expect(JSON.parse(line).text).toBe(text);
      expect(line).toMatch(/^[\x20-\x7e]+$/);
    },
  );
});

describe('a line for a person', () => {
  const said = (part: Partial<Message>): string => textLine(message(part)).slice(timeText(0).length + 1);

  it.each([
    [{}, 'bob: hi'],
    [{ legacy: true }, 'bob (legacy, unauthenticated): hi'],
    [{ sender: 'alice', state: 'sent' }, 'alice -> bob: hi'],
    [{ sender: 'alice', state: 'failed' }, 'alice -> bob (failed): hi'],
    [{ state: 'undecryptable', text: '' }, '* a message from bob cannot be read yet'],
    [{ state: 'missing', count: 3, text: '' }, '* 3 messages from bob did not come'],
    [{ state: 'note', text: 'New keys.' }, '* bob: New keys.'],
    [{ text: 'two\nlines\x1b[31m red\x1b[0m\u202e' }, 'bob: two lines red'],
  ] as const)('%j', (part, expected) => expect(said(part)).toBe(expected));

  it('is one line without a control, whatever the text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(textLine(message({ text }))).not.toMatch(OBEYED);
      }),
    );
  });
});

describe('a line of text', () => {
  it('says what became of the message', () => {
    const lineOf = (part: Partial<Message>) => textLine(message(part)).slice('2026-11-25 21:48:03 '.length);
    expect(lineOf({ edited: true })).toBe('bob (edited): hi');
    expect(lineOf({ text: '', deleted: true, edited: true })).toBe('bob (deleted): ');
    const reactions = [
      { sender: 'bob', emoji: '👍' },
      { sender: 'alice', emoji: '\u001b[2J🎉' },
    ];
    expect(lineOf({ sender: 'alice', state: 'read', reactions })).toBe(
      'alice -> bob: hi [👍 bob] [🎉 alice]',
    );
  });
});
