import { type Attack, addresses } from '../attack.ts';
import { flood, postBytes, requestBytes } from '../flood.ts';

/** Challenges of both kinds: of honest names, of names that nobody has, and to register. */
export const challenges: Attack = {
  name: '100,000 challenges',
  about: 'to log in (known and unknown names) and to register, 5,000 a second, 4 addresses',
  async prepare(field) {
    const known = field.names.map((username) => JSON.stringify({ username }));
    const path = '/chat/auth/login-challenge';
    const next = (turn: number) => {
      if (turn % 4 === 0) return requestBytes(field.url, 'GET', '/chat/auth/register-challenge');
      const honest = known[turn % known.length];
      return postBytes(
        field.url,
        path,
        (turn % 4 === 1 && honest) || JSON.stringify({ username: `nobody-${turn}` }),
      );
    };
    return () =>
      flood(field, { addresses: addresses(4), connections: 16, perSecond: 5_000, breath: 8, next });
  },
};
