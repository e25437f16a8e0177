import { ERRORS, ErrorBody } from '@secure-chat/wire/errors';
import { codesOf } from '@secure-chat/wire/openapi';
import { Value } from 'typebox/value';
import type { Answer } from './answers.ts';
import { type Draft, isOnItsWay } from './draft.ts';

/** What an answer may never be, whatever was asked; null when there is nothing wrong with it. */
export function wrongWith(draft: Draft, { status, headers, text }: Answer): string | null {
  if (draft.method === 'HEAD') return status < 500 ? null : `a HEAD was answered ${status}`;
  const body = jsonOf(text);
  if (status === 200) {
    const { response } = draft.endpoint;
    if (!response || !isOnItsWay(draft) || Value.Check(response, body)) return null;
    return 'a success that is not as its schema says';
  }
  if (!Value.Check(ErrorBody, body)) return `an answer ${status} that is no error of the contract`;
  const { code, message, request_id: requestId } = body.error;
  if (status !== ERRORS[code].status) return `${code} with the status ${status}`;
  if (code === 'internal') return 'an error of the server';
  if (isOnItsWay(draft) && !codesOf(draft.endpoint).has(code))
    return `${code}, which the endpoint does not name`;
  if (body.detail !== message) return 'a detail that is not the message';
  if (headers.get('x-request-id') !== requestId) return 'two request ids';
  if (!headers.get('content-type')?.startsWith('application/json'))
    return 'an error that is not said to be JSON';
  if ((status === 429 || status === 503) && !/^\d+$/.test(headers.get('retry-after') ?? ''))
    return `${code} without a Retry-After`;
  return null;
}

/** The status, and the code of an error. */
export function outcomeOf({ status, text }: Answer): string {
  const body = jsonOf(text);
  return Value.Check(ErrorBody, body) ? `${status} ${body.error.code}` : String(status);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
