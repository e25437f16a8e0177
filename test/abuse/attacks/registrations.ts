import { newAccount } from '../../contract/people.ts';
import { fetchRegisterChallenge, registration } from '../../v1-client/account.ts';
import { type Attack, addresses } from '../attack.ts';
import { flood, postBytes } from '../flood.ts';

/** Registrations whose payload opens, as the server finds after its costliest step, and whose nonce was used. */
const PREPARED = 100;

export const registrations: Attack = {
  name: 'registrations',
  about: '300 a second, 100 of them sound and the others with a nonce that was used, 4 addresses',
  async prepare(field) {
    const bodies: string[] = [];
    for (let made = 0; made < PREPARED; made++)
      bodies.push(JSON.stringify(registration(newAccount('abuse'), await fetchRegisterChallenge(field.url))));
    const next = (turn: number) => postBytes(field.url, '/chat/auth/register', bodies[turn % PREPARED] ?? '');
    return () => flood(field, { addresses: addresses(4), connections: 8, perSecond: 300, breath: 1, next });
  },
};
