import { Ok } from '@secure-chat/wire/api';
import { foldName } from '@secure-chat/wire/names';
import type { Command } from '../command.ts';
import { AdminError, EXIT, usageError } from '../exit-codes.ts';
import { nameOf } from '../name-of.ts';

export const DELETE: Command = {
  name: 'delete',
  operands: ['NAME'],
  summary: 'deletes an account for ever',
  details: [
    'Its sessions, keys, bundle, presence and waiting messages go. Its name stays, and nobody gets it again; so do its entries in the log of',
    'keys, to which those of others are chained. What others have received from it is on their machines.',
  ],
  options: [{ name: 'yes', help: 'does not ask to repeat the name' }],
  async run(input, { server, confirm }) {
    const name = nameOf(input);
    if (!input.flag('yes')) {
      const answer = await confirm(`This deletes ${name} for ever. Repeat the name: `);
      if (answer === null) throw usageError('Nobody is there who could repeat the name. Give --yes.');
      if (foldName(answer.trim()) !== foldName(name))
        throw new AdminError(EXIT.failed, 'That is another name. Nothing was deleted.');
    }
    await server.ask({ method: 'POST', path: `/users/${name}/delete`, answer: Ok });
    return { json: { status: 'OK' }, lines: [`${name} is deleted. Nobody can register under this name.`] };
  },
};
