import { removeProfile } from '@secure-chat/client/chat-client';
import { type Command, ONCE } from '../command.ts';
import { usageError } from '../exit-codes.ts';

export const DELETE_ACCOUNT: Command = {
  name: 'delete-account',
  operands: 'NAME',
  count: [1, 1],
  summary: 'deletes your account at the server, for ever; NAME is its name, once more',
  details: [
    'Sessions, keys and what waits go; nobody gets the name again, you neither. What others have of your messages stays theirs.',
    'The profile stays on this machine, to be read, unless --remove-profile is given.',
  ],
  options: [{ name: 'remove-profile', help: 'removes the profile with its keys and its history, too' }],
  ...ONCE,
  online: true,
  prepare(input) {
    const typed = input.operands[0] ?? '';
    const removes = input.flag('remove-profile');
    return async ({ client, profile, password, say }) => {
      if (typed.toLowerCase() !== client.username.toLowerCase())
        throw usageError(`This is the account ${client.username}. To delete it, give that name.`);
      await client.deleteAccount(password.current);
      say(`The account ${client.username} is deleted.`);
      if (!removes) return say(`Its profile stays in ${profile}.`);
      await client.close();
      removeProfile(profile);
    };
  },
};
