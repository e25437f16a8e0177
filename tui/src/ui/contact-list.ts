import type { Grid } from '../terminal/cells.ts';
import type { Area } from './area.ts';
import { type ContactContext, drawShortContact, drawTallContact } from './contact-row.ts';
import type { ChatState, Contact } from './state.ts';
import { nextToRead } from './unread-count.ts';

/** Rows of each contact, and the first that is shown: the part around the selected one where they are more than fit. */
const windowOf = (area: Area, { contacts, selected }: Pick<ChatState, 'contacts' | 'selected'>) => {
  if (contacts.length * 2 <= area.height) return { rows: 2, first: 0 };
  const chosen = contacts.findIndex(({ username }) => username === selected);
  const most = Math.max(0, contacts.length - area.height);
  return { rows: 1, first: Math.min(most, Math.max(0, chosen - Math.floor(area.height / 2))) };
};

/** Draws the contacts in the order given: in two rows each where all of them have room, else in one. */
export const drawContactList = (grid: Grid, area: Area, state: ChatState, context: ContactContext): void => {
  const { contacts, selected } = state;
  const { rows, first } = windowOf(area, state);
  const draw = rows === 2 ? drawTallContact : drawShortContact;
  for (const [index, contact] of contacts.slice(first, first + area.height).entries()) {
    const place = { ...area, y: area.y + index * rows };
    draw(grid, place, contact, contact.username === selected, context);
  }
};

/** The contact that is drawn in a row of the screen; null for none. */
export const contactAt = (area: Area, state: ChatState, y: number): string | null => {
  const { rows, first } = windowOf(area, state);
  const row = y - area.y;
  if (row < 0 || row >= area.height) return null;
  return state.contacts[first + Math.floor(row / rows)]?.username ?? null;
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

/** The next contact with unread messages, then requests, else the next one. */
export const nextUnread = (contacts: readonly Contact[], selected: string | null): string | null => {
  const at = contacts.findIndex(({ username }) => username === selected);
  const others = [...contacts.slice(at + 1), ...contacts.slice(0, Math.max(0, at))];
  return nextToRead(others)?.username ?? neighbour(contacts, selected, 1);
};
