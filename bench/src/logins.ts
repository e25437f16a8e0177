import { round, type Spread } from './arithmetic.ts';
import { latencyOf } from './load.ts';
import type { Logins } from './people.ts';

export interface LoginFigure {
  readonly logins: number;
  /** Both requests of a login counted, the client's RSA work not. */
  readonly perSecond: number;
  readonly challengeMs: Spread;
  readonly loginMs: Spread;
}

export function loginFigure({ challenges, logins }: Logins): LoginFigure {
  return {
    logins: logins.requests,
    perSecond: round(logins.requests / (challenges.seconds + logins.seconds), 1),
    challengeMs: latencyOf([challenges]),
    loginMs: latencyOf([logins]),
  };
}
