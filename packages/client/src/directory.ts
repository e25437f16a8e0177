import { foldName } from '@secure-chat/wire/names';
import type { Contact, Protection } from './chat.ts';
import { isRequest } from './contact-requests.ts';
import type { ContactTable, StoredContact } from './profile/contacts.ts';
import type { User } from './requests.ts';

/** Who there is: the server's list, as last seen, and the stored contacts. */
export interface Directory {
  /**
   * Takes over the server's list, but for what `setOnline` has said since it was asked for (`performance.now()`). True when
   * that changed what contacts() gives.
   */
  update(users: User[], askedAt?: number): boolean;
  /** Takes over what the server says of one user. True when that changed what contacts() gives. */
  setOnline(user: User): boolean;
  has(username: string): boolean;
  isOnline(username: string): boolean;
  /** Users on the server, as far as it has said. */
  size(): number;
  /** The name as the server spells it, or as given when the server has not said. */
  spelling(username: string): string;
  /** By name, without oneself unless one wrote to oneself. */
  contacts(connected: boolean): Contact[];
  contact(stored: StoredContact, connected: boolean): Contact;
}

const STRANGER = {
  unread: 0,
  lastMessageAt: null,
  protection: 'unknown',
  timer: 0,
  typing: false,
  request: false,
  notKept: 0,
  blocked: false,
  muted: false,
  pinned: false,
  note: '',
} as const;

export function createDirectory(
  own: string,
  table: ContactTable,
  protection: (contact: StoredContact) => Protection,
  isTyping: (contact: number) => boolean,
): Directory {
  let users = new Map<string, User>();
  /** When the server said last, by itself, whether a user is online. */
  const saidAt = new Map<string, number>();

  const contact = (stored: StoredContact, connected: boolean): Contact => ({
    username: stored.username,
    online: connected && (users.get(foldName(stored.username))?.online ?? false),
    unread: stored.unread,
    lastMessageAt: stored.lastMessageAt,
    protection: protection(stored),
    timer: stored.timer,
    typing: connected && isTyping(stored.id),
    request: isRequest(stored),
    notKept: stored.notKept,
    blocked: stored.blocked,
    muted: stored.muted,
    pinned: stored.pinned,
    note: stored.note,
  });

  return {
    update(list, askedAt = performance.now()) {
      const before = users;
      users = new Map(
        list.map((user) => {
          const folded = foldName(user.username);
          const known = (saidAt.get(folded) ?? Number.NEGATIVE_INFINITY) >= askedAt && before.get(folded);
          return [folded, known ? { ...user, online: known.online } : user];
        }),
      );
      saidAt.clear();
      const same =
        users.size === before.size &&
        [...users].every(([folded, user]) => {
          const old = before.get(folded);
          return old?.online === user.online && old.username === user.username;
        });
      if (same) return false;
      for (const stored of table.all()) {
        const username = users.get(foldName(stored.username))?.username ?? stored.username;
        if (username !== stored.username) table.update({ ...stored, username });
      }
      return true;
    },
    setOnline(user) {
      const folded = foldName(user.username);
      saidAt.set(folded, performance.now());
      if (users.get(folded)?.online === user.online) return false;
      users.set(folded, user);
      return true;
    },
    isOnline: (username) => users.get(foldName(username))?.online ?? false,
    size: () => users.size,
    has: (username) => users.has(foldName(username)),
    spelling: (username) => users.get(foldName(username))?.username ?? username,
    contacts(connected) {
      const found = new Map<string, Contact>();
      for (const [folded, { username, online }] of users)
        found.set(folded, { ...STRANGER, username, online: connected && online });
      found.delete(foldName(own));
      for (const row of table.all()) found.set(foldName(row.username), contact(row, connected));
      // Folded once each: the list of a large server is sorted in milliseconds.
      return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shown]) => shown);
    },
    contact,
  };
}
