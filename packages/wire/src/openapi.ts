import type { TObject } from 'typebox';
import { Health, Readiness } from './api.ts';
import { ENDPOINTS, type Endpoint } from './endpoints.ts';
import { ERRORS, ErrorBody, type ErrorCode } from './errors.ts';
import { EVENT_STREAM_TYPE } from './event-stream.ts';

/** Codes that every endpoint can answer with. */
const COMMON: readonly ErrorCode[] = [
  'bad_request',
  'timeout',
  'too_large',
  'headers_too_large',
  'internal',
  'unavailable',
];

/** Codes that every signed endpoint can answer with. */
const SIGNED: readonly ErrorCode[] = ['unauthorized', 'replayed', 'other_gateway', 'too_many'];

const json = (schema: unknown) => ({ 'application/json': { schema } });

/** OpenAPI 3.1 has no word for the events of a stream: they stand as the members of one object, by name. */
const content = ({ response, events }: Endpoint) =>
  events
    ? { [EVENT_STREAM_TYPE]: { schema: { type: 'object', properties: events } } }
    : response && json(response);

/** All codes that an endpoint can answer with. */
export const codesOf = ({ errors, signed }: Endpoint): ReadonlySet<ErrorCode> =>
  new Set([...errors, ...(signed ? SIGNED : []), ...COMMON]);

function responses(endpoint: Endpoint): Record<string, unknown> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codesOf(endpoint))
    byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  const errors = [...byStatus].map(([status, list]) => [
    status,
    { description: list.join(', '), content: json({ $ref: '#/components/schemas/Error' }) },
  ]);
  return { 200: { description: 'Done.', content: content(endpoint) }, ...Object.fromEntries(errors) };
}

function parameters({ path, query, headers }: Endpoint): readonly unknown[] {
  const named = path.includes(':username')
    ? [{ name: 'username', in: 'path', required: true, schema: { type: 'string' } }]
    : [];
  const asked = (place: 'query' | 'header', schema: TObject | undefined) =>
    Object.entries(schema?.properties ?? {}).map(([name, property]) => ({
      name,
      in: place,
      required: schema?.required?.includes(name) ?? false,
      schema: property,
    }));
  return [...named, ...asked('query', query), ...asked('header', headers)];
}

function operation(endpoint: Endpoint): Record<string, unknown> {
  const expected = parameters(endpoint);
  return {
    summary: endpoint.summary,
    tags: [endpoint.service],
    ...(expected.length > 0 && { parameters: expected }),
    ...(endpoint.request && { requestBody: { required: true, content: json(endpoint.request) } }),
    ...(endpoint.signed && {
      security: [
        { timestamp: [], signature: [] },
        { timestamp: [], signature: [], session: [] },
        { signatureInput: [], messageSignature: [], contentDigest: [] },
      ],
    }),
    responses: responses(endpoint),
  };
}

const open = (summary: string, response: unknown) => ({
  get: {
    summary,
    responses: { 200: { description: 'Done.', content: json(response) }, 503: { description: 'Not ready.' } },
  },
});

const header = (name: string, description: string) => ({ type: 'apiKey', in: 'header', name, description });

/** The public API as an OpenAPI 3.1 document, from the schemas that validate it. */
export function openApiDocument(): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const endpoint of ENDPOINTS) {
    const path = endpoint.path.replace(':username', '{username}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(endpoint) };
  }
  paths['/health'] = open('The process answers.', Health);
  paths['/ready'] = open('Every part works.', Readiness);
  paths['/openapi.json'] = open('This document.', { type: 'object' });
  return {
    openapi: '3.1.0',
    info: {
      title: 'secure-chat',
      version: '1.0.0',
      description: 'The public API. Wire contract v1, and what protocol v2 adds.',
    },
    paths,
    components: {
      schemas: { Error: ErrorBody },
      securitySchemes: {
        timestamp: header(
          'X-Request-Timestamp',
          "ISO 8601 with an offset, at most 30 s from the server's clock.",
        ),
        signature: header(
          'X-Request-Signature',
          'Hex HMAC-SHA256, key: the session key\'s hex string, message: "<raw body>|<timestamp>".',
        ),
        session: header('X-Session-Id', 'Optional: names the session, which makes finding it O(1).'),
        signatureInput: header('Signature-Input', 'Signatures v2: RFC 9421. What is covered, when, by whom.'),
        messageSignature: header(
          'Signature',
          "Signatures v2: RFC 9421, hmac-sha256 under the session key's hex string.",
        ),
        contentDigest: header('Content-Digest', 'Signatures v2: RFC 9530, sha-256 of the body.'),
      },
    },
  };
}
