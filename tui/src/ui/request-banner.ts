import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { drawText, type Grid } from '../terminal/cells.ts';
import { wrap } from '../terminal/wrap.ts';
import { type Area, drawCut } from './area.ts';
import type { ChatState, Contact, Protection } from './state.ts';

/** What is known of who it is, and what to do about it. */
const WHO: Readonly<Record<Protection, string>> = {
  unknown: 'Nothing proves who it is yet.',
  legacy: 'Nothing proves who it is: it came under the old protocol.',
  unverified: 'Nothing proves who it is before you compare the safety number: /verify.',
  verified: 'You have compared the safety number.',
  changed: 'The key has changed since: /verify.',
};

const left = ({ notKept, protection }: Contact): string => {
  if (notKept === 0) return '';
  const after = protection === 'legacy' ? 'were lost' : 'are asked for once you accept';
  return ` ${notKept} more came than are kept of a request, and ${after}.`;
};

const textOf = (contact: Contact): string =>
  `${contact.username} is no contact of yours: /accept, /decline (drops this) or /block? An answer accepts. Until then nothing says that this came, or that you read it. ${WHO[contact.protection]}${left(contact)}`;

/** What stands over a conversation whose contact waits to be accepted; null over any other. */
export const requestBanner = ({ contacts, selected }: ChatState): string | null => {
  const contact = contacts.find(({ username }) => username === selected);
  return contact?.request ? sanitise(textOf(contact)) : null;
};

/** Rows that it takes of an area: half of it at most, since what was written is to be read, too. */
export const bannerHeight = (
  banner: string | null,
  { width, height }: Pick<Area, 'width' | 'height'>,
): number => (banner === null ? 0 : Math.min(wrap(banner, width).length, Math.floor(height / 2)));

/** Draws it into its rows, with an ellipsis where it is longer. */
export const drawBanner = (grid: Grid, { x, y, width, height }: Area, banner: string): void => {
  const rows = wrap(banner, width);
  for (let row = 0; row < height - 1; row += 1) drawText(grid, x, y + row, rows[row] ?? '', 'notice', width);
  if (height > 0) drawCut(grid, x, y + height - 1, rows.slice(height - 1).join(' '), width, 'notice');
};
