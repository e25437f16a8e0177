import { Ok } from '@secure-chat/wire/api';
import type { Command } from '../command.ts';
import { usageError } from '../exit-codes.ts';

export const UNINVITE: Command = {
  name: 'uninvite',
  operands: ['ID'],
  summary: 'ends an invitation',
  async run({ operands: [id = ''] }, { server }) {
    if (!/^[0-9a-f]{8}$/.test(id)) throw usageError('An id has 8 hex digits: invites lists them.');
    await server.ask({ method: 'POST', path: '/invites/end', body: { id }, answer: Ok });
    return { json: { status: 'OK' }, lines: [`The invitation ${id} counts no more.`] };
  },
};
