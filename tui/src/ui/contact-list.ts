import { drawText, fillRow, type Grid } from '../terminal/cells.ts';
import type { Look, Role } from '../theme/roles.ts';
import { type Area, drawCut } from './area.ts';
import { PROTECTION_LABELS } from './protection.ts';
import type { ChatState, Contact } from './state.ts';

/** What a contact is doing, without colour and in one cell: writing, there, or away; or nothing that one takes notice of. */
export const presenceMark = ({ online, typing, blocked }: Contact): string =>
  blocked ? '⊘' : typing ? '…' : online ? '●' : '○';

export const unreadOf = (contacts: readonly Contact[]): number =>
  contacts.reduce((sum, { unread }) => sum + unread, 0);

/** Counts above this are written as `999+`. */
const COUNT_MAX = 999;
export const countText = (count: number): string => (count > COUNT_MAX ? `${COUNT_MAX}+` : String(count));

const drawContact = (grid: Grid, area: Area, y: number, contact: Contact, selected: boolean): void => {
  const base: Role = selected ? 'selection' : 'text';
  const loud = contact.unread > 0 && !contact.muted;
  const name: Look = `${base} ${contact.blocked ? 'blocked' : loud ? 'unread' : 'text'}`;
  fillRow(grid, area.x, y, area.width, base);
  const count = contact.unread > 0 ? countText(contact.unread) : '';
  drawText(grid, area.x, y, selected ? '▸' : ' ', base);
  drawText(grid, area.x + 1, y, presenceMark(contact), `${base} ${contact.online ? 'online' : 'faint'}`);
  const text = `${contact.username}${contact.pinned ? ' *' : ''}${contact.muted ? ' (muted)' : ''}`;
  drawCut(grid, area.x + 3, y, text, area.width - 5 - count.length, name);
  drawText(grid, area.x + area.width - 1 - count.length, y, count, `${base} unread`);
  const { mark: shield, role } = PROTECTION_LABELS[contact.protection];
  drawText(grid, area.x + area.width - 1, y, shield, `${base} ${role}`);
};

/** The first that is shown: the part around the selected one when they are more than rows. */
const firstOf = (area: Area, contacts: readonly Contact[], selected: string | null): number => {
  const chosen = contacts.findIndex(({ username }) => username === selected);
  const most = Math.max(0, contacts.length - area.height);
  return Math.min(most, Math.max(0, chosen - Math.floor(area.height / 2)));
};

/** Draws the contacts in the order given, the part around the selected one when they are more than rows. */
export const drawContactList = (
  grid: Grid,
  area: Area,
  contacts: readonly Contact[],
  selected: string | null,
): void => {
  const chosen = contacts.findIndex(({ username }) => username === selected);
  const first = firstOf(area, contacts, selected);
  const shown = contacts.slice(first, first + area.height);
  for (const [index, contact] of shown.entries())
    drawContact(grid, area, area.y + index, contact, first + index === chosen);
};

/** The contact that is drawn in a row of the screen; null for none. */
export const contactAt = (
  area: Area,
  { contacts, selected }: Pick<ChatState, 'contacts' | 'selected'>,
  y: number,
): string | null => {
  const row = y - area.y;
  if (row < 0 || row >= area.height) return null;
  return contacts[firstOf(area, contacts, selected) + row]?.username ?? null;
};

/** The contact `step` places further, around the ends; null when there is none. */
export const neighbour = (
  contacts: readonly Contact[],
  selected: string | null,
  step: -1 | 1,
): string | null => {
  const at = contacts.findIndex(({ username }) => username === selected);
  const from = at < 0 && step < 0 ? 0 : at;
  return contacts[(from + step + contacts.length) % contacts.length]?.username ?? null;
};

/** The next contact with unread messages, else the next one. */
export const nextUnread = (contacts: readonly Contact[], selected: string | null): string | null => {
  const at = contacts.findIndex(({ username }) => username === selected);
  const others = [...contacts.slice(at + 1), ...contacts.slice(0, Math.max(0, at))];
  return others.find(({ unread }) => unread > 0)?.username ?? neighbour(contacts, selected, 1);
};
