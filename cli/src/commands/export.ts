import { type Command, ONCE } from '../command.ts';

export const EXPORT: Command = {
  name: 'export',
  operands: 'FILE',
  count: [1, 1],
  summary: 'writes the whole profile, encrypted under its password, to a new file',
  details: ['npm run tui -- --import FILE brings it in elsewhere. The server is not needed.'],
  options: [],
  ...ONCE,
  online: false,
  prepare(input) {
    const file = input.path(input.operands[0] ?? '');
    return ({ client }) => client.exportProfile(file);
  },
};
