import type { Contact } from './state.ts';

export const unreadOf = (contacts: readonly Contact[]): number =>
  contacts.reduce((sum, { unread }) => sum + unread, 0);

/** Counts above this are written as `999+`. */
const COUNT_MAX = 999;
export const countText = (count: number): string => (count > COUNT_MAX ? `${COUNT_MAX}+` : String(count));
