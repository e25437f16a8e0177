import type { Presence } from './presence.ts';
import type { Users } from './users.ts';

/** The answer of `GET /chat/users`, made anew only after a change: every client asks about once a second. */
export interface UserList {
  json(): string;
  changed(): void;
}

export function createUserList(users: Users, presence: Presence): UserList {
  let cached: string | null = null;
  return {
    json() {
      cached ??= JSON.stringify(
        users.names().map((username) => ({ username, online: presence.isOnline(username) })),
      );
      return cached;
    },
    changed() {
      cached = null;
    },
  };
}
