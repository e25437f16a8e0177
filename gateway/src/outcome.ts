import type { Outcome } from '@secure-chat/service-kit/metrics/requests';
import { ErrorBody } from '@secure-chat/wire/errors';
import { Value } from 'typebox/value';
import { jsonOf } from './json-of.ts';
import type { ServiceAnswer } from './upstream.ts';

/** How a service's answer counts. Only the body of an error says which it is. */
export function outcomeOf(answer: ServiceAnswer): Outcome {
  if (answer.status < 400) return 'ok';
  const body = jsonOf(answer);
  return Value.Check(ErrorBody, body) ? body.error.code : 'internal';
}
