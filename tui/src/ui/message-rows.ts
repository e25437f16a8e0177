import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { cellsOf, truncate } from '../terminal/width.ts';
import type { Role } from '../theme/roles.ts';
import { emoteOf } from './emote.ts';
import { labelOf } from './message-state.ts';
import { type Span, textRows } from './message-text.ts';
import { LEGACY } from './protection.ts';
import { noteRows } from './remark-rows.ts';
import { type Row, type RowContext, ruleRow, TIME_CELLS } from './row.ts';
import type { Message, MessageState } from './state.ts';
import { unreadLabel } from './unread-line.ts';

/** The messages that one depends on. */
export interface Neighbours {
  /** The nearest before it that came. */
  readonly previous: Message | undefined;
  /** Something stands between the two: messages that are missing. */
  readonly apart: boolean;
  /** The nearest behind it that is one's own, too. */
  readonly nextOwn: Message | undefined;
}

/** What stands in place of a text that is not to be shown. */
const INSTEAD: Partial<Record<MessageState, string>> = {
  undecryptable: 'This message cannot be decrypted. It is kept, and read when its key arrives.',
  refused:
    'A message came without authentication, as anybody could have forged it: it is not shown. Ask for it again.',
};

const DELETED = 'This message was deleted.';
const EDITED = 'edited';

/** What begins a quotation, and what an emote: where the name's column ends, so that no text of others gets there. */
const QUOTATION_MARK = '↪ ';
const EMOTE_MARK = '*';
const PICKED_MARK = '▸';

/** A conversation of at least this many cells has words beside marks. */
const WORDS_FROM = 56;
/** Longest names that keep a column of their own; longer ones are cut. */
const NAME_MAX = 16;
const NAME_MAX_NARROW = 8;

/**
 * Milliseconds between two messages of one sender up to which the name stands above the first alone: who has not written for
 * five minutes begins anew, and the eye should not have to look for the name.
 */
const GROUP_MS = 5 * 60_000;

const isWide = ({ width }: RowContext): boolean => width >= WORDS_FROM;

/** One line of the message that is answered. */
const quotationOf = ({ id, sender, text }: NonNullable<Message['answers']>): string => {
  if (id === null) return `${QUOTATION_MARK}a message that is not here`;
  const said = text === '' ? DELETED : sanitise(text);
  return `${QUOTATION_MARK}${sanitise(sender)}: ${said}`;
};

const columns = (context: RowContext) => {
  const { width, username, contact } = context;
  const longest = Math.max(cellsOf(sanitise(username)), cellsOf(sanitise(contact)));
  const name = Math.min(longest, isWide(context) ? NAME_MAX : NAME_MAX_NARROW);
  const text = TIME_CELLS + name + 2;
  return { name, text, textWidth: width - text };
};

const isRemark = ({ state }: Message): boolean => state === 'note' || state === 'missing';

const isAnotherDay = ({ at }: Message, previous: Message | undefined, { times }: RowContext): boolean =>
  !previous || times.day(previous.at) !== times.day(at);

/** Does it go on where its sender stopped? `does`: it is an emote. */
const isContinued = (
  message: Message,
  does: boolean,
  { previous, apart }: Neighbours,
  context: RowContext,
): boolean =>
  previous !== undefined &&
  !apart &&
  previous.sender === message.sender &&
  !isRemark(previous) &&
  // A name says again who is talking after what was done.
  (does || !isEmote(previous)) &&
  !isAnotherDay(message, previous, context) &&
  Math.abs(message.at - previous.at) <= GROUP_MS &&
  message.id !== context.unreadLine?.id;

/** At the right end of the first row: its mark; the word, too, where the next own message is in another state. */
const endOf = (message: Message, nextOwn: Message | undefined, context: RowContext): Span[] => {
  const wide = isWide(context);
  const label = labelOf(message.state, context.online);
  const edited: Span[] = wide && message.edited && !message.deleted ? [{ text: EDITED, role: 'edited' }] : [];
  if (!label) return edited;
  const { mark, word, role } = label;
  const says = wide && nextOwn?.state !== message.state;
  return [...edited, { text: says ? `${word} ${mark}` : mark, role }];
};

const cellsOfEnd = (end: readonly Span[]): number =>
  end.reduce((sum, { text }) => sum + cellsOf(text) + 1, 0);

const below = ({ edited, deleted, reactions }: Message, context: RowContext): string => {
  const given = reactions.map(({ sender, emoji }) => `${sanitise(emoji)} ${sanitise(sender)}`);
  return [...(edited && !deleted && !isWide(context) ? [EDITED] : []), ...given].join('  ');
};

/** What is said: the quotation, then the text, or what stands in its place. */
const linesOf = (message: Message, cells: number, first: number): Span[][] => {
  const quotation = message.answers && truncate(quotationOf(message.answers), first);
  const instead = message.deleted ? DELETED : INSTEAD[message.state];
  const written = message.text;
  const does = instead === undefined ? emoteOf(written) : null;
  const text = instead ?? (does === null ? written : `${sanitise(message.sender)} ${does}`);
  const plain: Role = instead !== undefined ? 'instead' : does === null ? 'text' : 'emote';
  const rows = textRows(text, cells, quotation === null ? first : cells).map((spans) =>
    spans.map((span) => (span.role === 'text' ? { ...span, role: plain } : span)),
  );
  return quotation === null ? rows : [[{ text: quotation, role: 'quote' }], ...rows];
};

const isEmote = ({ text, deleted, state }: Message): boolean =>
  !deleted && INSTEAD[state] === undefined && emoteOf(text) !== null;

const headOf = (message: Message, neighbours: Neighbours, context: RowContext): Row['parts'] => {
  const { previous } = neighbours;
  const { times, username, picked } = context;
  const at = columns(context);
  const isPicked = message.id === picked;
  const does = isEmote(message);
  const continued = isContinued(message, does, neighbours, context);
  const clock = times.clock(message.at);
  // A minute is written once.
  const timed = !continued || isPicked || (previous && times.clock(previous.at) !== clock);
  const named = (!continued || isPicked) && !does;
  const role: Role = message.sender === username ? 'own' : 'other';
  return [
    ...(timed ? [{ x: 0, text: clock, role: 'time' as const }] : []),
    ...(isPicked ? [{ x: TIME_CELLS - 1, text: PICKED_MARK, role: 'strong' as const }] : []),
    ...(named ? [{ x: TIME_CELLS, text: truncate(sanitise(message.sender), at.name), role }] : []),
    ...(does ? [{ x: at.text - 2, text: EMOTE_MARK, role }] : []),
  ];
};

const partsOf = (spans: readonly Span[], x: number): Row['parts'] => {
  let at = x;
  return spans.map(({ text, role }) => {
    const part = { x: at, text, role };
    at += cellsOf(text);
    return part;
  });
};

const endParts = (end: readonly Span[], width: number): Row['parts'] => {
  let at = width - cellsOfEnd(end) + 1;
  return end.map(({ text, role }) => {
    const part = { x: at, text, role };
    at += cellsOf(text) + 1;
    return part;
  });
};

const writtenRows = (message: Message, neighbours: Neighbours, context: RowContext): Row[] => {
  const at = columns(context);
  const end = endOf(message, neighbours.nextOwn, context);
  const first = at.textWidth - (end.length === 0 ? 0 : cellsOfEnd(end) + 1);
  const rows: Row[] = linesOf(message, at.textWidth, first).map((spans, index) => {
    const parts = partsOf(spans, at.text);
    if (index > 0) return { parts };
    return { parts: [...headOf(message, neighbours, context), ...parts, ...endParts(end, context.width)] };
  });
  const add = (text: string, role: Role): void => {
    rows.push({ parts: [{ x: at.text, text, role }] });
  };
  const said = below(message, context);
  if (said !== '') add(truncate(said, at.textWidth), 'reaction');
  if (message.state === 'failed')
    for (const spans of textRows(`not sent: ${message.failure ?? 'the server refused it.'}`, at.textWidth))
      add(spans.map(({ text }) => text).join(''), 'failed');
  if (message.waiting !== undefined)
    for (const spans of textRows(message.waiting, at.textWidth))
      add(spans.map(({ text }) => text).join(''), 'queued');
  // The narrowest conversation has 24 cells for texts, one more than the label takes.
  if (message.legacy) add(LEGACY, 'legacy');
  return message.id === context.picked ? rows.map((row) => ({ ...row, ground: 'selection' })) : rows;
};

/** The rows of a message that came, below what begins with it: a day, what is unread. */
export const messageRows = (message: Message, neighbours: Neighbours, context: RowContext): Row[] => {
  const { times, width, unreadLine } = context;
  const rows =
    message.state === 'note' ? noteRows(message, context) : writtenRows(message, neighbours, context);
  const begins = isAnotherDay(message, neighbours.previous, context);
  return [
    ...(begins ? [ruleRow(times.day(message.at), width, 'day')] : []),
    ...(unreadLine?.id === message.id ? [ruleRow(unreadLabel(unreadLine), width, 'unread-line')] : []),
    ...rows,
  ];
};
