import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { type Command, ONCE } from '../command.ts';

export const WARNINGS: Command = {
  name: 'warnings',
  operands: '',
  count: [0, 0],
  summary: 'tells what you have to know about keys, a sentence a line',
  details: ['Every other command says these on stderr, until they are cleared here or in the TUI.'],
  options: [{ name: 'clear', help: 'and forgets them: you have read them' }],
  ...ONCE,
  online: false,
  prepare(input) {
    const clear = input.flag('clear');
    return async ({ client, out }) => {
      for (const warning of client.warnings()) await out.line(sanitise(warning));
      if (clear) client.clearWarnings();
    };
  },
};
