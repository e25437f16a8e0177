import { type Attack, addresses, type Field } from '../attack.ts';
import { hold } from '../held-connections.ts';

/** As many connections as one can have, and nothing on them. */
export const connections: Attack = {
  name: '10,000 open connections',
  about: '10,000 at a time, without a word, opened again when they are closed, 10 addresses',
  prepare: async (field: Field) => () =>
    hold(field, {
      addresses: addresses(10),
      count: 10_000,
      perSecond: 2_000,
      begin: () => {},
      goOn: () => {},
    }),
};
