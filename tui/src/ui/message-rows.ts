import { sanitise } from '../terminal/sanitise.ts';
import type { Style } from '../terminal/style.ts';
import { cellsOf, truncate } from '../terminal/width.ts';
import { wrap } from '../terminal/wrap.ts';
import { LEGACY } from './protection.ts';
import type { Message } from './state.ts';
import type { Times } from './times.ts';

/** One row of a conversation: pieces of text, each at a column of the conversation's area. */
export interface Row {
  readonly parts: readonly { readonly x: number; readonly text: string; readonly style?: Style }[];
}

/** What the rows of messages depend on beside the message. */
export interface RowContext {
  readonly width: number;
  readonly username: string;
  readonly contact: string;
  /** While it is not, what is to be sent waits. */
  readonly online: boolean;
  readonly times: Times;
}

/** What stands in place of a text that is not to be shown. */
const INSTEAD: Partial<Record<Message['state'], string>> = {
  undecryptable: 'This message cannot be decrypted. It is kept, and read when its key arrives.',
  refused:
    'A message came without authentication, as anybody could have forged it: it is not shown. Ask for it again.',
};

/**
 * What begins a note. Its text begins where other rows have a name, which is bold, and nothing that others write gets
 * there: a message stays in the columns of its text.
 */
const NOTE_MARK = '— ';

/** Columns of `HH:MM `. */
const TIME_CELLS = 6;
/** Columns of the longest mark with its word. */
const STATE_CELLS = 9;
/** A conversation of at least this many cells says the state of a message by a word beside the mark. */
const WORDS_FROM = 56;
/** Longest names that keep a column of their own; longer ones are cut. */
const NAME_MAX = 16;
const NAME_MAX_NARROW = 8;

const MARKS: Record<Message['state'], readonly [mark: string, word: string, style: Style]> = {
  sending: ['…', 'sending', { colour: 'yellow' }],
  sent: ['✓', 'sent', { colour: 'green' }],
  failed: ['✗', 'failed', { colour: 'red', bold: true }],
  received: ['', '', {}],
  undecryptable: ['', '', {}],
  refused: ['', '', {}],
  note: ['', '', {}],
};
const WAITING = 'waiting';

const columns = ({ width, username, contact }: RowContext) => {
  const wide = width >= WORDS_FROM;
  const longest = Math.max(cellsOf(sanitise(username)), cellsOf(sanitise(contact)));
  const name = Math.min(longest, wide ? NAME_MAX : NAME_MAX_NARROW);
  const mark = wide ? STATE_CELLS : 1;
  const text = TIME_CELLS + name + 2;
  return { wide, name, text, textWidth: width - text, mark: width - mark };
};

/** Wrapped texts kept: a few screens of them, so that a key does not wrap a message of 32,000 characters again. */
const WRAPPED_MAX = 200;
const wrapped = new Map<string, string[]>();

/** Drops what is kept of texts: for a screen on which nothing of them may be left. */
export const forgetTexts = (): void => wrapped.clear();

const wrapOnce = (text: string, cells: number, first = cells): string[] => {
  const key = `${cells} ${first} ${text}`;
  const known = wrapped.get(key);
  if (known) return known;
  if (wrapped.size >= WRAPPED_MAX) wrapped.clear();
  const rows = wrap(sanitise(text, { multiline: true }), cells, first);
  wrapped.set(key, rows);
  return rows;
};

const separator = (day: string, width: number): Row => {
  const label = `── ${day} `;
  return {
    parts: [{ x: 0, text: label + '─'.repeat(Math.max(0, width - label.length)), style: { dim: true } }],
  };
};

/** A note on one paragraph, dim from end to end. */
const noteRows = ({ text, at }: Message, { times, width }: RowContext): Row[] => {
  const style = { dim: true };
  const x = TIME_CELLS + NOTE_MARK.length;
  return wrapOnce(sanitise(text), width - x).map((line, index) => ({
    parts:
      index > 0
        ? [{ x, text: line, style }]
        : [
            { x: 0, text: times.clock(at), style },
            { x: TIME_CELLS, text: `${NOTE_MARK}${line}`, style },
          ],
  }));
};

const writtenRows = (message: Message, context: RowContext): Row[] => {
  const { times, username, online } = context;
  const at = columns(context);
  const own = message.sender === username;
  const [mark, stateWord, markStyle] = MARKS[message.state];
  const word = message.state === 'sending' && !online ? WAITING : stateWord;
  const instead = INSTEAD[message.state];
  // Only the first row of an own message shares its width with the mark.
  const firstWidth = mark === '' ? at.textWidth : at.mark - at.text - 1;
  const lines = wrapOnce(instead ?? message.text, at.textWidth, firstWidth);
  const textStyle: Style = instead !== undefined ? { dim: true, underline: true } : {};
  const rows: Row[] = lines.map((text, index) => {
    const line = { x: at.text, text, style: textStyle };
    if (index > 0) return { parts: [line] };
    const name = truncate(sanitise(message.sender), at.name);
    return {
      parts: [
        { x: 0, text: times.clock(message.at), style: { dim: true } },
        { x: TIME_CELLS, text: name, style: { bold: true, colour: own ? 'cyan' : 'magenta' } },
        line,
        { x: at.mark, text: at.wide && mark !== '' ? `${mark} ${word}` : mark, style: markStyle },
      ],
    };
  });
  if (message.state === 'failed') {
    const why = `not sent: ${message.failure ?? 'the server refused it.'}`;
    for (const text of wrapOnce(why, at.textWidth))
      rows.push({ parts: [{ x: at.text, text, style: markStyle }] });
  }
  // The narrowest conversation has 24 cells for texts, one more than the label takes.
  if (message.legacy)
    rows.push({ parts: [{ x: at.text, text: LEGACY, style: { dim: true, colour: 'yellow' } }] });
  return rows;
};

/** The rows of a message, with the day above it when the message before it (if any) is of another day. */
export const messageRows = (message: Message, previous: Message | undefined, context: RowContext): Row[] => {
  const { times, width } = context;
  const rows = message.state === 'note' ? noteRows(message, context) : writtenRows(message, context);
  const day = times.day(message.at);
  return previous && times.day(previous.at) === day ? rows : [separator(day, width), ...rows];
};
