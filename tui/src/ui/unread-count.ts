import type { Contact } from './state.ts';

/** Messages that nobody has seen; those of requests call for nobody. */
export const unreadOf = (contacts: readonly Contact[]): number =>
  contacts.reduce((sum, { unread, request }) => sum + (request ? 0 : unread), 0);

export const requestsOf = (contacts: readonly Contact[]): number =>
  contacts.filter(({ request }) => request).length;

export const requestsText = (count: number): string => `${count} ${count === 1 ? 'request' : 'requests'}`;

/** The first with unread messages that is neither blocked nor a request, else the first request of which some is unread. */
export const nextToRead = (contacts: readonly Contact[]): Contact | undefined => {
  const unread = contacts.filter((contact) => contact.unread > 0 && !contact.blocked);
  return unread.find(({ request }) => !request) ?? unread[0];
};

/** Counts above this are written as `999+`. */
const COUNT_MAX = 999;
export const countText = (count: number): string => (count > COUNT_MAX ? `${COUNT_MAX}+` : String(count));
