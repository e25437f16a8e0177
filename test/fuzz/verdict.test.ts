import { ENDPOINTS } from '@secure-chat/wire/endpoints';
import { errorBody } from '@secure-chat/wire/errors';
import { describe, expect, it } from 'vitest';
import type { Draft } from './draft.ts';
import { wrongWith } from './verdict.ts';

const endpoint = ENDPOINTS.find(({ path }) => path === '/presence') ?? ENDPOINTS[0];
const route = { method: endpoint.method, target: endpoint.path };
const draft: Draft = {
  endpoint,
  route,
  ...route,
  headers: [],
  body: Buffer.alloc(0),
  signing: 'v1',
  bent: [],
  isBroken: false,
};
const JSON_TYPE = { 'content-type': 'application/json', 'x-request-id': 'id' };

const verdict = (
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
  bent: Partial<Draft> = {},
) =>
  wrongWith(
    { ...draft, ...bent },
    {
      status,
      headers: new Map(Object.entries({ ...JSON_TYPE, ...headers })),
      text: JSON.stringify(body) ?? '',
    },
  );

describe('an answer', () => {
  it('may be the success of its endpoint, or an error that it names', () => {
    expect(verdict(200, { status: 'OK' })).toBeNull();
    expect(verdict(401, errorBody('unauthorized', 'id'))).toBeNull();
    expect(verdict(503, errorBody('unavailable', 'id'), { 'retry-after': '1' })).toBeNull();
  });

  it.each([
    ['a success of another shape', 200, { status: 'success' }, {}],
    ['an error of another shape', 400, { error: 'bad_request' }, {}],
    ['no JSON', 400, undefined, {}],
    ['another status', 400, errorBody('unauthorized', 'id'), {}],
    ['an error of the server', 500, errorBody('internal', 'id'), {}],
    ['an error that the endpoint does not name', 404, errorBody('no_bundle', 'id'), {}],
    ['another request id', 401, errorBody('unauthorized', 'other'), {}],
    ['another type', 401, errorBody('unauthorized', 'id'), { 'content-type': 'text/html' }],
    ['no time to try again', 503, errorBody('unavailable', 'id'), {}],
    ['a date to try again', 503, errorBody('unavailable', 'id'), { 'retry-after': 'Thu' }],
    ['another detail', 401, { ...errorBody('unauthorized', 'id'), detail: 'x' }, {}],
  ])('may not be or have %s', (_, status, body, headers) => {
    expect(verdict(status, body, headers)).not.toBeNull();
  });

  it('may be any error of the list where the request went elsewhere', () => {
    expect(verdict(404, errorBody('not_found', 'id'), {}, { target: '/elsewhere' })).toBeNull();
  });

  it('has no body where the method is HEAD, and may not be an error of the server', () => {
    expect(verdict(404, undefined, {}, { method: 'HEAD' })).toBeNull();
    expect(verdict(500, undefined, {}, { method: 'HEAD' })).not.toBeNull();
  });
});
