import { FD_MAX } from '../arguments.ts';
import { type Command, ONCE } from '../command.ts';
import { usageError } from '../exit-codes.ts';

export const PASSWORD: Command = {
  name: 'password',
  operands: '',
  count: [0, 0],
  summary: 'changes the password, and ends all other sessions',
  details: [
    'The new one, 8 characters or more, is asked for twice, or taken from --new-password-fd; --keyring keeps it in the keyring.',
    'The server gets a new secret: an older copy of the profile, which opens with the old password, signs in no more.',
  ],
  options: [
    {
      name: 'new-password-fd',
      value: 'N',
      help: 'reads the new password from file descriptor N, up to the end of its first line',
    },
  ],
  ...ONCE,
  online: true,
  prepare(input) {
    const fd = input.number('new-password-fd', 0, FD_MAX);
    if (fd !== null && fd === input.number('password-fd', 0, FD_MAX))
      throw usageError('--password-fd and --new-password-fd are one descriptor. Give each its own.');
    return async ({ client, password, say }) => {
      const next = await password.askNew(fd);
      const replaced = await client.changePassword(password.current, next);
      say(
        replaced
          ? 'The password is changed. Older copies of this profile sign in no more.'
          : 'The password of this profile is changed. But the server is of an older version: older copies still sign in, with the old password.',
      );
      await password.keep(next);
    };
  },
};
