import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { cellsOf, truncate } from '../terminal/width.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Look, Role } from '../theme/roles.ts';
import { LEGACY } from './protection.ts';
import type { Message, MessageState } from './state.ts';
import type { Times } from './times.ts';

/** One row of a conversation: pieces of text, each at a column of the conversation's area. */
export interface Row {
  readonly parts: readonly { readonly x: number; readonly text: string; readonly look?: Look }[];
}

/** What the rows of messages depend on beside the message. */
export interface RowContext {
  readonly width: number;
  readonly username: string;
  readonly contact: string;
  /** While it is not, what is to be sent waits. */
  readonly online: boolean;
  readonly times: Times;
  /** The message that the person has picked; null for none. */
  readonly picked: number | null;
}

/** What stands in place of a text that is not to be shown. */
const INSTEAD: Partial<Record<MessageState, string>> = {
  undecryptable: 'This message cannot be decrypted. It is kept, and read when its key arrives.',
  refused:
    'A message came without authentication, as anybody could have forged it: it is not shown. Ask for it again.',
};

const DELETED = 'This message was deleted.';

/** What begins a quotation. */
const QUOTATION_MARK = '↪ ';

/** One line of the message that is answered. */
const quotationOf = ({ id, sender, text }: NonNullable<Message['answers']>): string => {
  if (id === null) return `${QUOTATION_MARK}a message that is not here`;
  const said = text === '' ? DELETED : sanitise(text);
  return `${QUOTATION_MARK}${sanitise(sender)}: ${said}`;
};

/**
 * What begins a remark. Its text begins where other rows have a name, which is bold, and nothing that others write gets
 * there: a message stays in the columns of its text.
 */
const REMARK_MARK = '— ';

/** Columns of `HH:MM `. */
const TIME_CELLS = 6;
/** Columns of the longest mark with its word, and of the longest where there is no room for both. */
const STATE_CELLS = 12;
const STATE_CELLS_NARROW = 4;
/** A conversation of at least this many cells says the state of a message by a word beside the mark. */
const WORDS_FROM = 56;
/** Longest names that keep a column of their own; longer ones are cut. */
const NAME_MAX = 16;
const NAME_MAX_NARROW = 8;

/** How the state of an own message is said: `narrow` alone where there is little room, and no two are the same. */
interface StateLabel {
  readonly mark: string;
  readonly word: string;
  readonly narrow: string;
  readonly role: Role;
}

const LABELS: Partial<Record<MessageState, StateLabel>> = {
  queued: { mark: '…', word: 'queued', narrow: '…', role: 'queued' },
  sent: { mark: '✓', word: 'sent', narrow: '✓', role: 'sent' },
  delivered: { mark: '✓✓', word: 'delivered', narrow: '✓✓', role: 'delivered' },
  read: { mark: '✓✓', word: 'read', narrow: 'read', role: 'read' },
  failed: { mark: '✗', word: 'failed', narrow: '✗', role: 'failed' },
};
const WAITING = 'waiting';
/** Cells of the longest mark: all words begin in one column. */
const MARK_CELLS = 2;

const isWide = ({ width }: RowContext): boolean => width >= WORDS_FROM;

const columns = (context: RowContext) => {
  const { width, username, contact } = context;
  const wide = isWide(context);
  const longest = Math.max(cellsOf(sanitise(username)), cellsOf(sanitise(contact)));
  const name = Math.min(longest, wide ? NAME_MAX : NAME_MAX_NARROW);
  const state = wide ? STATE_CELLS : STATE_CELLS_NARROW;
  const text = TIME_CELLS + name + 2;
  return { name, text, textWidth: width - text, state: width - state };
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
    parts: [{ x: 0, text: label + '─'.repeat(Math.max(0, width - label.length)), look: 'day' }],
  };
};

/** What nobody wrote: one paragraph, in one style from end to end. */
const remarkRows = (clock: string, text: string, role: Role, width: number): Row[] => {
  const x = TIME_CELLS + REMARK_MARK.length;
  return wrapOnce(sanitise(text), width - x).map((line, index) => ({
    parts:
      index > 0
        ? [{ x, text: line, look: role }]
        : [
            { x: 0, text: clock, look: role },
            { x: TIME_CELLS, text: `${REMARK_MARK}${line}`, look: role },
          ],
  }));
};

const missingText = (missing: readonly Message[], contact: string): string => {
  const total = missing.reduce((sum, { count }) => sum + count, 0);
  if (total === 1) return `One message is missing: ${contact}'s client was asked for it.`;
  const asked = missing.filter(({ count }) => count === 1).length;
  const which = asked === total ? 'them' : `the last ${asked.toLocaleString('en')} of them`;
  const done =
    asked === 0 ? `too many to ask ${contact}'s client for` : `${contact}'s client was asked for ${which}`;
  return `${total.toLocaleString('en')} messages are missing: ${done}.`;
};

/** One remark on all messages that are missing at one place. When they were written nobody here knows. */
export const missingRows = (missing: readonly Message[], { contact, width }: RowContext): Row[] =>
  remarkRows('', missingText(missing, contact), 'missing', width);

/** Empty of what is not one's own. */
const stateText = (state: MessageState, context: RowContext): string => {
  const label = LABELS[state];
  if (!label) return '';
  if (!isWide(context)) return label.narrow.padStart(STATE_CELLS_NARROW);
  const word = state === 'queued' && !context.online ? WAITING : label.word;
  return `${label.mark.padStart(MARK_CELLS)} ${word}`;
};

const writtenRows = (message: Message, context: RowContext): Row[] => {
  const { times, username } = context;
  const at = columns(context);
  const own = message.sender === username;
  const state = stateText(message.state, context);
  const stateRole = LABELS[message.state]?.role ?? 'text';
  const instead = message.deleted ? DELETED : INSTEAD[message.state];
  // Only the first row of an own message shares its width with its state.
  const firstWidth = state === '' ? at.textWidth : at.state - at.text - 1;
  const quotation = message.answers && truncate(quotationOf(message.answers), firstWidth);
  const texts = wrapOnce(
    instead ?? message.text,
    at.textWidth,
    quotation === null ? firstWidth : at.textWidth,
  );
  const textLook: Look = instead !== undefined ? 'instead' : 'text';
  const lines = [
    ...(quotation === null ? [] : [{ text: quotation, look: 'quote' as const }]),
    ...texts.map((text) => ({ text, look: textLook })),
  ];
  const base: Role = message.id === context.picked ? 'selection' : 'text';
  const rows: Row[] = lines.map(({ text, look }, index) => {
    const line = { x: at.text, text, look };
    if (index > 0) return { parts: [line] };
    const name = truncate(sanitise(message.sender), at.name);
    return {
      parts: [
        { x: 0, text: times.clock(message.at), look: `${base} time` },
        { x: TIME_CELLS, text: name, look: `${base} ${own ? 'own' : 'other'}` },
        line,
        { x: at.state, text: state, look: stateRole },
      ],
    };
  });
  const reactions = message.reactions.map(({ sender, emoji }) => `${sanitise(emoji)} ${sanitise(sender)}`);
  const below = [...(message.edited && !message.deleted ? ['edited'] : []), ...reactions].join('  ');
  if (below !== '')
    rows.push({ parts: [{ x: at.text, text: truncate(below, at.textWidth), look: 'reaction' }] });
  if (message.state === 'failed') {
    const why = `not sent: ${message.failure ?? 'the server refused it.'}`;
    for (const text of wrapOnce(why, at.textWidth))
      rows.push({ parts: [{ x: at.text, text, look: stateRole }] });
  }
  // The narrowest conversation has 24 cells for texts, one more than the label takes.
  if (message.legacy) rows.push({ parts: [{ x: at.text, text: LEGACY, look: 'legacy' }] });
  return rows;
};

/** The rows of a message that came, with the day above it when the one before it (if any) is of another day. */
export const messageRows = (message: Message, previous: Message | undefined, context: RowContext): Row[] => {
  const { times, width } = context;
  const rows =
    message.state === 'note'
      ? remarkRows(times.clock(message.at), message.text, 'remark', width)
      : writtenRows(message, context);
  const day = times.day(message.at);
  return previous && times.day(previous.at) === day ? rows : [separator(day, width), ...rows];
};
