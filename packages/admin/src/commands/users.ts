import { type AdminUser, AdminUsers } from '@secure-chat/wire/admin-api';
import type { Command } from '../command.ts';
import type { Connection } from '../connection.ts';
import { moment, table } from '../table.ts';

export const USERS: Command = {
  name: 'users',
  operands: [],
  summary: 'all accounts, when they registered and were last seen',
  details: [
    'Last seen is known to the minute, and of those who have a session open. Times are UTC.',
    'A deleted account is its name alone: nobody registers under it again.',
  ],
  async run(_, { server }) {
    const users = await all(server);
    const rows = users.map((user) => [
      user.username,
      user.deletedAt === null ? moment(user.registeredAt) : '-',
      moment(user.seenAt),
      String(user.sessions),
      state(user),
    ]);
    const head = ['NAME', 'REGISTERED', 'LAST SEEN', 'SESSIONS', 'STATE'];
    return { json: { users }, lines: table([head, ...rows]) };
  },
};

async function all(server: Connection): Promise<AdminUser[]> {
  const users: AdminUser[] = [];
  for (let path = '/users'; ; ) {
    const page = await server.ask({ method: 'GET', path, answer: AdminUsers });
    users.push(...page.users);
    const last = page.users.at(-1);
    if (!page.more || !last) return users;
    path = `/users?after=${last.username}`;
  }
}

function state({ suspendedAt, deletedAt }: AdminUser): string {
  if (deletedAt !== null) return `deleted ${moment(deletedAt)}`;
  return suspendedAt === null ? '' : `suspended ${moment(suspendedAt)}`;
}
