import type { ErrorCode } from '@secure-chat/wire/errors';
import { type Metrics, SECONDS } from './metrics.ts';

/** How a request ended: `ok`, or the code of its error. */
export type Outcome = ErrorCode | 'ok';

/** A request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, `/chat/:username/send`; never the path itself. */
  readonly route: string;
  readonly outcome: Outcome;
  /** Until its answer was sent; of a stream, until it began. */
  readonly seconds: number;
}

/** For requests that came to no route. */
export const NO_ROUTE = { method: 'none', route: 'none' } as const;

export type OnAnswered = (request: AnsweredRequest) => void;

/** Rate, errors and duration of a part's requests, by route. */
export function countRequests(metrics: Metrics): OnAnswered {
  const requests = metrics.counter(
    'requests_total',
    'Requests that were answered, by the code of their error.',
    ['method', 'route', 'code'],
  );
  const durations = metrics.histogram('request_seconds', 'Seconds until an answer was there.', SECONDS, [
    'method',
    'route',
  ]);
  return ({ method, route, outcome, seconds }) => {
    requests.add({ method, route, code: outcome });
    durations.observe({ method, route }, seconds);
  };
}
