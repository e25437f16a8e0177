import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, type Grid } from '../terminal/cells.ts';
import { cellsOf } from '../terminal/width.ts';
import type { Role } from '../theme/roles.ts';
import { type Area, drawCut } from './area.ts';
import { listMarks } from './contact-row.ts';
import { presenceMark, presenceRole } from './presence.ts';
import { PROTECTION_LABELS } from './protection.ts';
import type { ChatState, Contact } from './state.ts';
import { timerText } from './timer.ts';
import { countText, unreadOf } from './unread-count.ts';

interface Part {
  readonly text: string;
  readonly role?: Role;
}

/** Cells of a name that stay beside what is said about it. */
const NAME_MIN = 8;

const GAP = '  ';

const TYPING = '● typing…';

/** What is said of a contact, the longest way first: how messages are protected is there in each. */
const waysToSay = (contact: Contact): readonly (readonly Part[])[] => {
  const { online, typing, protection, timer } = contact;
  const { text, short, role } = PROTECTION_LABELS[protection];
  const mark = presenceMark(contact);
  const presence = contact.blocked ? 'blocked' : contact.request ? 'request' : online ? 'online' : 'offline';
  const seen: Part = typing
    ? { text: TYPING, role: 'typing' }
    : { text: `${mark} ${presence}`, role: presenceRole(contact) };
  const note: Part = { text: contact.note === '' ? '' : `“${sanitise(contact.note)}”`, role: 'faint' };
  const glyph: Part = { ...seen, text: mark };
  const label: Part = { text, role };
  const shortLabel: Part = { text: short, role };
  const clock: Part = { text: timer > 0 ? `⏱ ${timerText(timer)}` : '' };
  const marks: Part = { text: listMarks(contact).join(' '), role: 'faint' };
  return [
    [marks, seen, label, clock, note],
    [marks, seen, label, clock],
    [marks, glyph, label, clock],
    [marks, glyph, shortLabel, clock],
    [shortLabel, clock],
    [shortLabel],
  ];
};

const cellsOfParts = (parts: readonly Part[]): number =>
  parts.reduce((sum, { text }) => sum + (text === '' ? 0 : GAP.length + cellsOf(text)), 0);

/** Draws who the conversation is with, how it is protected, and the unread messages where no pane shows them. */
export const drawTitleLine = (grid: Grid, { x, width }: Area, state: ChatState, paneShown: boolean): void => {
  const { selected, contacts } = state;
  const unread = unreadOf(contacts);
  const hidden = !paneShown && unread > 0 ? `${countText(unread)} unread (Tab)` : '';
  const room = width - cellsOf(hidden) - 1;
  drawText(grid, x + width - cellsOf(hidden), 0, hidden, 'unread');
  if (selected === null) return;
  const contact = contacts.find(({ username }) => username === selected);
  const least = Math.min(NAME_MIN, cellsOf(sanitise(selected)));
  const ways = contact ? waysToSay(contact) : [[]];
  const parts = ways.find((way) => least + cellsOfParts(way) <= room) ?? ways.at(-1) ?? [];
  let at = x + drawCut(grid, x, 0, selected, room - cellsOfParts(parts), 'strong');
  for (const { text, role } of parts)
    if (text !== '') at += GAP.length + drawText(grid, at + GAP.length, 0, text, role);
};
