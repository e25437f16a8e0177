import { foldName } from '@secure-chat/wire/names';
import type { Contact } from './chat.ts';
import type { ContactTable, StoredContact } from './profile/contacts.ts';
import type { User } from './requests.ts';

/** Who there is: the server's list, as last seen, and the stored contacts. */
export interface Directory {
  /** Takes over the server's list. True when that changed what contacts() gives. */
  update(users: User[]): boolean;
  has(username: string): boolean;
  /** The name as the server spells it, or as given when the server has not said. */
  spelling(username: string): string;
  /** By name, without oneself unless one wrote to oneself. */
  contacts(connected: boolean): Contact[];
  contact(stored: StoredContact, connected: boolean): Contact;
}

export function createDirectory(own: string, table: ContactTable): Directory {
  let users = new Map<string, User>();

  const contact = (stored: StoredContact, connected: boolean): Contact => ({
    username: stored.username,
    online: connected && (users.get(foldName(stored.username))?.online ?? false),
    unread: stored.unread,
    lastMessageAt: stored.lastMessageAt,
  });

  return {
    update(list) {
      const before = users;
      users = new Map(list.map((user) => [foldName(user.username), user]));
      const same =
        users.size === before.size &&
        list.every((user) => {
          const old = before.get(foldName(user.username));
          return old?.online === user.online && old.username === user.username;
        });
      if (same) return false;
      for (const stored of table.all()) {
        const username = users.get(foldName(stored.username))?.username ?? stored.username;
        if (username !== stored.username) table.update({ ...stored, username });
      }
      return true;
    },
    has: (username) => users.has(foldName(username)),
    spelling: (username) => users.get(foldName(username))?.username ?? username,
    contacts(connected) {
      const stored = table.all().map((row) => contact(row, connected));
      const known = new Set(stored.map(({ username }) => foldName(username)));
      const others = [...users.entries()]
        .filter(([folded]) => folded !== foldName(own) && !known.has(folded))
        .map(([, { username, online }]) => ({
          username,
          online: connected && online,
          unread: 0,
          lastMessageAt: null,
        }));
      return [...stored, ...others].sort((a, b) => (foldName(a.username) < foldName(b.username) ? -1 : 1));
    },
    contact,
  };
}
