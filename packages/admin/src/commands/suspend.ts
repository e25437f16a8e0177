import { Ok } from '@secure-chat/wire/api';
import type { Command } from '../command.ts';
import { nameOf } from '../name-of.ts';

export const SUSPEND: Command = {
  name: 'suspend',
  operands: ['NAME'],
  summary: 'keeps an account out, until resume',
  details: [
    'Its sessions end at once. Who signs in with the right password is told that the account is suspended; nobody else is told anything.',
    'Messages to it wait.',
  ],
  async run(input, { server }) {
    const name = nameOf(input);
    await server.ask({ method: 'POST', path: `/users/${name}/suspend`, answer: Ok });
    return { json: { status: 'OK' }, lines: [`${name} is suspended, and signed out everywhere.`] };
  },
};
