import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '../src/endpoints.ts';
import { ERRORS, ErrorBody, errorBody, isErrorCode } from '../src/errors.ts';
import { openApiDocument } from '../src/openapi.ts';

const Operation = Type.Object({
  security: Type.Optional(Type.Array(Type.Record(Type.String(), Type.Array(Type.String())))),
  requestBody: Type.Optional(Type.Unknown()),
  parameters: Type.Optional(
    Type.Array(
      Type.Object({
        name: Type.String(),
        in: Type.Enum(['path', 'query', 'header']),
        required: Type.Boolean(),
      }),
    ),
  ),
  responses: Type.Record(
    Type.String(),
    Type.Object({
      description: Type.String(),
      content: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    }),
  ),
});
const paths = Compile(Type.Record(Type.String(), Type.Record(Type.String(), Operation))).Parse(
  openApiDocument().paths,
);

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);
const endpoints: readonly Endpoint[] = ENDPOINTS;
const documented = (endpoint: Endpoint) =>
  paths[endpoint.path.replace(':username', '{username}')]?.[endpoint.method.toLowerCase()];

describe('the OpenAPI document', () => {
  it('lists exactly the endpoints, health, readiness and itself', () => {
    const served = endpoints.map(
      ({ method, path }) => `${method} ${path.replace(':username', '{username}')}`,
    );
    const expected = [...served, 'GET /health', 'GET /ready', 'GET /openapi.json'];
    expect(operations.toSorted()).toEqual(expected.toSorted());
  });

  it.each(endpoints)('says of $method $path what is so', (endpoint) => {
    const operation = documented(endpoint);
    expect(operation?.security !== undefined).toBe(endpoint.signed);
    expect(operation?.requestBody !== undefined).toBe(endpoint.request !== undefined);
    const named = (place: 'path' | 'query' | 'header') =>
      operation?.parameters?.filter((parameter) => parameter.in === place).map(({ name }) => name) ?? [];
    expect(named('path')).toEqual(endpoint.path.includes(':username') ? ['username'] : []);
    expect(named('query')).toEqual(Object.keys(endpoint.query?.properties ?? {}));
    expect(named('header')).toEqual(Object.keys(endpoint.headers?.properties ?? {}));
    const type = endpoint.events ? 'text/event-stream' : 'application/json';
    expect(Object.keys(operation?.responses['200']?.content ?? {})).toEqual([type]);
    const statuses = [
      200,
      ...endpoint.errors.map((code) => ERRORS[code].status),
      ...(endpoint.signed ? [401] : []),
    ];
    expect(Object.keys(operation?.responses ?? {})).toEqual(expect.arrayContaining(statuses.map(String)));
  });

  it('says which parameters may be left out', () => {
    expect(paths['/key-log']?.get?.parameters).toMatchObject([{ name: 'from', required: false }]);
    expect(paths['/chat/{username}/bundle']?.get?.parameters).toMatchObject([{ required: true }]);
  });

  it('is JSON', () => {
    const document = openApiDocument();
    expect(JSON.parse(JSON.stringify(document))).toMatchObject({ openapi: '3.1.0', paths: {} });
  });
});

describe('the list of error codes', () => {
  it('is closed', () => {
    expect(Object.keys(ERRORS).every(isErrorCode)).toBe(true);
    for (const text of ['teapot', '', 'BAD_REQUEST', 'toString', '__proto__', 'constructor']) {
      expect(isErrorCode(text)).toBe(false);
    }
  });

  it('gives every code a status of refusal or failure and a sentence', () => {
    for (const { status, message } of Object.values(ERRORS)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(600);
      expect(message).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('is what bodies of errors are checked against', () => {
    const check = Compile(ErrorBody);
    const body = errorBody('bad_name', 'request-1');
    expect(body.detail).toBe(body.error.message);
    expect(check.Check(body)).toBe(true);
    expect(check.Check({ ...body, error: { ...body.error, code: 'teapot' } })).toBe(false);
  });
});
