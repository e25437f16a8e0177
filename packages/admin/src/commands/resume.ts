import { Ok } from '@secure-chat/wire/api';
import type { Command } from '../command.ts';
import { nameOf } from '../name-of.ts';

export const RESUME: Command = {
  name: 'resume',
  operands: ['NAME'],
  summary: 'lets a suspended account in again',
  async run(input, { server }) {
    const name = nameOf(input);
    await server.ask({ method: 'POST', path: `/users/${name}/resume`, answer: Ok });
    return { json: { status: 'OK' }, lines: [`${name} may sign in again.`] };
  },
};
