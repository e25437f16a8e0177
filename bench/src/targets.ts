import { ratio } from './arithmetic.ts';
import type { Figures } from './figures.ts';

/** A figure that the project wants to reach, and the two figures that it is made of. */
export interface Target {
  readonly name: string;
  readonly value: number;
  readonly of: string;
  readonly wanted: string;
  readonly reached: boolean;
}

/** Milliseconds that no request may take at full concurrency. */
const SLOWEST_MS = 100;

export function targetsOf({ sends, logins }: Pick<Figures, 'sends' | 'logins'>): Target[] {
  const share = (name: string, value: number, base: number, least: number): Target => {
    return {
      name,
      value: ratio(value, base),
      of: `${value}/s to ${base}/s`,
      wanted: `>= ${least}`,
      // Of the figures as they are: 0.4996 is not 0.5.
      reached: value / base >= least,
    };
  };
  const { bare, namedFew, namedMany, v1Few, v1Many } = sends;
  const all = [namedFew, namedMany, v1Few, v1Many];
  const slowest = Math.max(...all.map(({ latencyMs }) => latencyMs.max));
  const slowestLogin = Math.max(logins.challengeMs.max, logins.loginMs.max);
  const requests = all.reduce((sum, figure) => sum + figure.requests, 0);
  return [
    share('named sends, few sessions, to bare fastify', namedFew.perSecond, bare.perSecond, 0.25),
    share('named sends, many sessions, to bare fastify', namedMany.perSecond, bare.perSecond, 0.25),
    share('named sends, many sessions to few', namedMany.perSecond, namedFew.perSecond, 0.9),
    share('v1 sends, many sessions to few', v1Many.perSecond, v1Few.perSecond, 0.5),
    share('v1 sends to named, many sessions', v1Many.perSecond, namedMany.perSecond, 0.5),
    {
      name: 'slowest signed send, ms',
      value: slowest,
      of: `${requests} sends; of bare fastify ${bare.latencyMs.max} ms`,
      wanted: `<= ${SLOWEST_MS}`,
      reached: slowest <= SLOWEST_MS,
    },
    {
      name: 'slowest request of a login, ms',
      value: slowestLogin,
      of: `${2 * logins.logins} requests`,
      wanted: `<= ${SLOWEST_MS}`,
      reached: slowestLogin <= SLOWEST_MS,
    },
  ];
}
