import { AdminInvites } from '@secure-chat/wire/admin-api';
import type { Command } from '../command.ts';
import { moment, table } from '../table.ts';

export const INVITES: Command = {
  name: 'invites',
  operands: [],
  summary: 'the invitations that count',
  details: ['Their codes are not known any more: each has an id, by which uninvite ends it. Times are UTC.'],
  async run(_, { server }) {
    const { invites } = await server.ask({ method: 'GET', path: '/invites', answer: AdminInvites });
    const rows = invites.map(({ id, uses, used, madeAt, expiresAt }) => [
      id,
      `${used} of ${uses}`,
      moment(madeAt),
      moment(expiresAt),
    ]);
    return { json: { invites }, lines: table([['ID', 'USED', 'MADE', 'COUNTS UNTIL'], ...rows]) };
  },
};
