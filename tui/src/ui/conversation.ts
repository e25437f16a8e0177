import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { type Area, drawCut } from './area.ts';
import { messageRows, type Neighbours } from './message-rows.ts';
import { missingRows } from './remark-rows.ts';
import type { Row, RowContext } from './row.ts';
import type { Message } from './state.ts';
import { isNews } from './unread-line.ts';

/**
 * Where a scrolled conversation stands: `hidden` rows of the message `id`, and all after it, are below the window.
 * It names a message, so that neither new nor older messages move what is being read.
 */
export interface Scroll {
  readonly id: number;
  readonly hidden: number;
  /** The newest message when the person left the bottom: what came later is new. */
  readonly newest: number;
}

export interface ConversationView extends RowContext {
  readonly messages: readonly Message[];
  /** There are more behind the last of them. */
  readonly hasNewer: boolean;
}

/** Where, from an index back, the nearest message is that came; -1 for none. */
const cameUntil = (messages: readonly Message[], from: number): number => {
  let index = from;
  while (messages[index]?.state === 'missing') index -= 1;
  return index;
};

/** The next of the person's own messages behind an index. */
const nextOwn = ({ messages, username }: ConversationView, from: number): Message | undefined => {
  let index = from + 1;
  while (index < messages.length && messages[index]?.sender !== username) index += 1;
  return messages[index];
};

const neighboursOf = (view: ConversationView, index: number): Neighbours => {
  const { messages, username } = view;
  return {
    previous: messages[cameUntil(messages, index - 1)],
    apart: messages[index - 1]?.state === 'missing',
    nextOwn: messages[index]?.sender === username ? nextOwn(view, index) : undefined,
  };
};

/** Messages that are missing side by side have their rows at the last of them. */
const rowsAt = (view: ConversationView, index: number): Row[] => {
  const { messages } = view;
  const message = messages[index];
  if (!message) return [];
  if (message.state !== 'missing') return messageRows(message, neighboursOf(view, index), view);
  if (messages[index + 1]?.state === 'missing') return [];
  return missingRows(messages.slice(cameUntil(messages, index) + 1, index + 1), view);
};

/** Where the message was deleted, the one before it takes its place; where all before it were let go, the first one that is left. */
const bottomOf = (view: ConversationView, scroll: Scroll | null): { index: number; hidden: number } => {
  if (!scroll) return { index: view.messages.length - 1, hidden: 0 };
  const index = Math.max(
    0,
    view.messages.findLastIndex(({ id }) => id <= scroll.id),
  );
  return { index, hidden: view.messages[index]?.id === scroll.id ? scroll.hidden : 0 };
};

/** The rows of the window, laid out from the bottom up: what is above it costs nothing. `top`: nothing is above. */
const visible = (
  view: ConversationView,
  scroll: Scroll | null,
  height: number,
): { rows: Row[]; top: boolean } => {
  const bottom = bottomOf(view, scroll);
  let { index } = bottom;
  const last = rowsAt(view, index);
  let rows = last.slice(0, Math.max(0, last.length - bottom.hidden));
  while (rows.length < height && index > 0) {
    index -= 1;
    rows = [...rowsAt(view, index), ...rows];
  }
  return { rows: rows.slice(Math.max(0, rows.length - height)), top: index <= 0 && rows.length <= height };
};

/** May a person say something of it? */
export const canBePicked = ({ state, deleted }: Message): boolean =>
  !deleted && state !== 'note' && state !== 'missing';

/** The message that is picked one up (-1) or down (1); null below the newest. From none, up goes to the newest. */
export const pickNext = (
  messages: readonly Message[],
  picked: number | null,
  step: -1 | 1,
): number | null => {
  const can = messages.filter(canBePicked);
  if (picked === null) return step < 0 ? (can.at(-1)?.id ?? null) : null;
  const at = can.findIndex(({ id }) => id >= picked);
  const next = can[Math.max(0, (at < 0 ? can.length : at) + step)];
  return next?.id ?? null;
};

/** The scroll with which the whole message is in the window: as it was where it is already. */
export const scrollTo = (
  view: ConversationView,
  scroll: Scroll | null,
  id: number,
  height: number,
): Scroll | null => {
  const index = view.messages.findIndex((message) => message.id === id);
  const newest = view.messages.at(-1);
  if (index < 0 || !newest) return scroll;
  const bottom = bottomOf(view, scroll);
  let rows = -bottom.hidden;
  for (let each = bottom.index; each >= index && rows <= height; each -= 1) rows += rowsAt(view, each).length;
  const isShown = index <= bottom.index && rows <= height && (index < bottom.index || bottom.hidden === 0);
  if (isShown) return scroll;
  return newest.id === id && !view.hasNewer ? null : { id, hidden: 0, newest: scroll?.newest ?? newest.id };
};

/** The scroll with which the row above the unread messages is the first of the window; null where all below it fit. */
export const scrollToUnread = (view: ConversationView, height: number): Scroll | null => {
  const { messages, unreadLine } = view;
  const from = messages.findIndex(({ id }) => id === unreadLine?.id);
  const before = messages[from - 1];
  let rows = 0;
  for (let index = Math.max(0, from); from >= 0 && index < messages.length; index += 1) {
    const own = rowsAt(view, index).length;
    rows += own;
    const message = messages[index];
    const isLast = index === messages.length - 1;
    // Scrolled up, the last row of the window says what is below.
    if (!message || rows < height || (isLast && rows <= height + 1)) continue;
    return { id: message.id, hidden: Math.min(own - 1, rows - height), newest: before?.id ?? message.id - 1 };
  }
  return null;
};

/** The newest message of which every row is in the window; null for none. */
export const lastShown = (view: ConversationView, asked: Scroll | null, height: number): number | null => {
  const { index, hidden } = bottomOf(view, settled(view, asked, height - 1));
  return view.messages[hidden > 0 ? index - 1 : index]?.id ?? null;
};

/** The message of which something stands in a row (from 0) of a window so high; null for none. */
export const messageAt = (
  view: ConversationView,
  asked: Scroll | null,
  height: number,
  row: number,
): number | null => {
  const scroll = settled(view, asked, height - 1);
  const bottom = bottomOf(view, scroll);
  let below = (scroll ? height - 1 : height) - 1 - row + bottom.hidden;
  if (below < bottom.hidden) return null;
  for (let { index } = bottom; index >= 0; index -= 1) {
    const own = rowsAt(view, index).length;
    if (below < own) return view.messages[index]?.id ?? null;
    below -= own;
  }
  return null;
};

/** Is the oldest loaded message in the window? */
export const atTop = (view: ConversationView, scroll: Scroll | null, height: number): boolean =>
  visible(view, scroll, height).top;

/** Is the newest loaded message less than so many rows below? */
export const nearEnd = (view: ConversationView, scroll: Scroll | null, rows: number): boolean => {
  const { index } = bottomOf(view, scroll);
  return view.messages.length - index <= rows;
};

const moved = (view: ConversationView, scroll: Scroll | null, up: number): Scroll | null => {
  let { index, hidden } = bottomOf(view, scroll);
  hidden += up;
  while (index > 0 && hidden >= rowsAt(view, index).length) {
    hidden -= rowsAt(view, index).length;
    index -= 1;
  }
  while (hidden < 0) {
    index += 1;
    if (index >= view.messages.length) return view.hasNewer ? moved(view, null, 0) : null;
    hidden += rowsAt(view, index).length;
  }
  const message = view.messages[index];
  const newest = view.messages.at(-1);
  if (!message || !newest || (message === newest && hidden === 0 && !view.hasNewer)) return null;
  return { id: message.id, hidden, newest: scroll?.newest ?? newest.id };
};

/** Without empty rows at the top of the window while there are messages below it: after a resize, or at the top. */
const settled = (view: ConversationView, scroll: Scroll | null, height: number): Scroll | null => {
  const shown = visible(view, scroll, height).rows.length;
  return scroll && shown < height ? moved(view, scroll, shown - height) : scroll;
};

/** The scroll after moving `rows` up (negative: down), never beyond the top; null at the bottom, where new ones show. */
export const scrollBy = (
  view: ConversationView,
  scroll: Scroll | null,
  rows: number,
  height: number,
): Scroll | null => {
  const next = moved(view, scroll, rows);
  return rows > 0 ? settled(view, next, height) : next;
};

const below = (view: ConversationView, scroll: Scroll): string => {
  const shown = Math.max(scroll.newest, scroll.id);
  const count = view.messages.filter(
    (message) => message.id > shown && isNews(message, view.username),
  ).length;
  if (count === 0) return '▼ more below (PgDn)';
  return `▼ ${count} new ${count === 1 ? 'message' : 'messages'} below (PgDn)`;
};

const drawRow = (grid: Grid, area: Area, y: number, { parts, ground }: Row): void => {
  if (ground) fillRow(grid, area.x, y, area.width, ground);
  for (const { x, text, role } of parts)
    drawText(grid, area.x + x, y, text, ground ? `${ground} ${role}` : role, area.width - x);
};

/** Draws the messages into the area, the newest at its bottom; scrolled up, the last row says what is below. */
export const drawConversation = (
  grid: Grid,
  area: Area,
  view: ConversationView,
  asked: Scroll | null,
): void => {
  const scroll = settled(view, asked, area.height - 1);
  const height = scroll ? area.height - 1 : area.height;
  const { rows } = visible(view, scroll, height);
  const first = area.y + height - rows.length;
  for (const [index, row] of rows.entries()) drawRow(grid, area, first + index, row);
  if (scroll) drawCut(grid, area.x, area.y + height, below(view, scroll), area.width, 'below');
};
