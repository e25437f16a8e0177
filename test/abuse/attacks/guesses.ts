import { randomBytes } from 'node:crypto';
import { type Attack, addresses } from '../attack.ts';
import { flood, postBytes } from '../flood.ts';

/** Passwords of honest users are guessed: each guess asks for a challenge first. */
export const guesses: Attack = {
  name: 'log-in guessing',
  about: '1,000 requests a second, a challenge and a wrong proof in turn, for the honest names, 8 addresses',
  async prepare(field) {
    const next = (turn: number) => {
      const username = field.names[(turn >> 1) % field.names.length];
      if (turn % 2 === 0)
        return postBytes(field.url, '/chat/auth/login-challenge', JSON.stringify({ username }));
      const guess = {
        username,
        challenge_response: randomBytes(16).toString('hex'),
        proof: randomBytes(32).toString('hex'),
      };
      return postBytes(field.url, '/chat/auth/login', JSON.stringify(guess));
    };
    return () => flood(field, { addresses: addresses(8), connections: 8, perSecond: 1_000, breath: 2, next });
  },
};
