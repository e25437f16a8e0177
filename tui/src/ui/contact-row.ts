import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import { cellsOf } from '../terminal/width.ts';
import type { Look, Role } from '../theme/roles.ts';
import { type Area, drawCut } from './area.ts';
import { presenceMark, presenceRole } from './presence.ts';
import { previewOf } from './preview-text.ts';
import { PROTECTION_LABELS } from './protection.ts';
import type { Contact } from './state.ts';
import type { Times } from './times.ts';
import { countText } from './unread-count.ts';

/** What rows depend on beside the contact. */
export interface ContactContext {
  readonly times: Times;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** While the client is not, what is to be sent waits. */
  readonly online: boolean;
}

/** Where names begin: behind the mark of the selected one and that of presence. */
const NAME_AT = 3;
/** Cells of a list from which the preview stands beside the name where there is no row for it. */
const BESIDE_FROM = 36;
const NAME_BESIDE = 14;

/** Of a muted contact in parentheses: it calls for nobody. A request has a word in place of it. */
const unreadText = ({ unread, muted, request }: Contact): string => {
  if (unread === 0 || request) return '';
  return muted ? `(${countText(unread)})` : countText(unread);
};

interface Mark {
  readonly text: string;
  readonly role: Role;
}

/** Of a pinned contact, and of a muted one. */
export const listMarks = ({ pinned, muted }: Contact): readonly string[] => [
  ...(pinned ? ['★'] : []),
  ...(muted ? ['z'] : []),
];

/** What stands behind a name. */
const marksOf = (contact: Contact): Mark[] => {
  const { mark, role } = PROTECTION_LABELS[contact.protection];
  return [
    ...(mark === ' ' ? [] : [{ text: mark, role }]),
    ...listMarks(contact).map((text) => ({ text, role: 'faint' }) as const),
  ];
};

const nameRole = ({ blocked, unread, muted, request }: Contact): Role =>
  blocked ? 'blocked' : unread > 0 && !muted && !request ? 'unread' : 'text';

/** Draws the marks before the name, the name and the marks behind it into so many cells. */
const drawName = (grid: Grid, area: Area, contact: Contact, base: Role, selected: boolean): void => {
  const { x, y, width } = area;
  drawText(grid, x, y, selected ? '▸' : ' ', base);
  drawText(grid, x + 1, y, presenceMark(contact), `${base} ${presenceRole(contact)}`);
  const marks = marksOf(contact);
  const room = width - NAME_AT - marks.length * 2;
  let at =
    x + NAME_AT + drawCut(grid, x + NAME_AT, y, contact.username, room, `${base} ${nameRole(contact)}`);
  for (const { text, role } of marks) at += 1 + drawText(grid, at + 1, y, text, `${base} ${role}`);
};

/** Ends before the last cell, which stays free; returns the cells that it takes, with one before it. */
const drawRight = (grid: Grid, { x, y, width }: Area, text: string, look: Look): number => {
  if (text === '') return 1;
  drawText(grid, x + width - 1 - text.length, y, text, look);
  return text.length + 2;
};

const nameCells = (contact: Contact): number =>
  NAME_AT + cellsOf(sanitise(contact.username)) + marksOf(contact).length * 2;

/** Two rows: who, and when; then what was said, and how much of it is unread. */
export const drawTallContact = (
  grid: Grid,
  area: Area,
  contact: Contact,
  selected: boolean,
  { times, now, online }: ContactContext,
): void => {
  const base: Role = selected ? 'selection' : 'text';
  const below = { ...area, y: area.y + 1 };
  for (const { y } of [area, below]) fillRow(grid, area.x, y, area.width, base);
  const time = contact.last ? times.brief(contact.last.at, now) : '';
  // A long name has the row to itself.
  const timed = nameCells(contact) + time.length + 2 <= area.width;
  const taken = drawRight(grid, area, timed ? time : '', `${base} time`);
  drawName(grid, { ...area, width: area.width - taken }, contact, base, selected);
  const count = drawRight(grid, below, unreadText(contact), `${base} unread`);
  const { text, role } = previewOf(contact, online);
  drawCut(grid, area.x + NAME_AT, below.y, text, area.width - NAME_AT - count, `${base} ${role}`);
};

/** One row: what was said stands beside the name where there is room. */
export const drawShortContact = (
  grid: Grid,
  area: Area,
  contact: Contact,
  selected: boolean,
  { online }: ContactContext,
): void => {
  const base: Role = selected ? 'selection' : 'text';
  fillRow(grid, area.x, area.y, area.width, base);
  const room = area.width - drawRight(grid, area, unreadText(contact), `${base} unread`);
  const beside = area.width >= BESIDE_FROM;
  const name = beside ? NAME_AT + NAME_BESIDE : room;
  drawName(grid, { ...area, width: Math.min(name, room) }, contact, base, selected);
  const { text, role } = previewOf(contact, online);
  if (beside) drawCut(grid, area.x + name + 1, area.y, text, room - name - 1, `${base} ${role}`);
};
