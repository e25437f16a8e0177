import type { Command } from '../command.ts';

export const REGISTER: Command = {
  name: 'register',
  operands: '',
  count: [0, 0],
  summary: 'makes an account on the server, and its keys on this machine',
  details: [
    'Needs --username. The password, 8 characters or more, is asked for twice, or taken from --password-fd; --keyring keeps',
    'it in the keyring of the system. chat export makes a copy of the account.',
  ],
  options: [{ name: 'invite', value: 'CODE', help: 'the invitation, where the server wants one' }],
  account: 'new',
  online: false,
  follows: false,
  seconds: () => null,
  readsStdin: () => false,
  prepare:
    () =>
    async ({ profile, say }) =>
      say(`Your account lives in ${profile}: keep a copy, no password alone brings it back.`),
};
