import { AdminMadeInvite, INVITE_DAYS_MAX, INVITE_USES_MAX } from '@secure-chat/wire/admin-api';
import type { Command } from '../command.ts';

export const INVITE: Command = {
  name: 'invite',
  operands: [],
  summary: 'a code with which somebody may register',
  details: [
    'The server wants one with REGISTRATION=invite. It is told here, and nowhere again: give it to who is meant.',
  ],
  options: [
    {
      name: 'uses',
      value: 'N',
      help: `accounts that it is good for (default 1, at most ${INVITE_USES_MAX})`,
    },
    { name: 'days', value: 'N', help: `days that it counts (default 7, at most ${INVITE_DAYS_MAX})` },
  ],
  async run(input, { server }) {
    const uses = input.number('uses', 1, INVITE_USES_MAX) ?? 1;
    const days = input.number('days', 1, INVITE_DAYS_MAX) ?? 7;
    const body = { uses, days };
    const { code } = await server.ask({ method: 'POST', path: '/invites', body, answer: AdminMadeInvite });
    return { json: { code, uses, days }, lines: [code] };
  },
};
