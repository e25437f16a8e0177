import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createRequestNames, type RequestNamesOptions } from '../src/request-id.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;
const NEW = /^(?!0af7)[0-9a-f]{32}$/;

function idOf(
  options: Partial<RequestNamesOptions>,
  headers: Record<string, string>,
  from = '10.0.0.5',
): string {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: from });
  const request = new IncomingMessage(socket);
  Object.assign(request.headers, headers);
  return createRequestNames({ trustRequestId: false, trustProxy: [], ...options }).idOf(request);
}

describe('the id of a request', () => {
  it('is new each time, and cannot be chosen by a client', () => {
    const chosen = { 'x-request-id': 'chosen-by-client', traceparent: TRACEPARENT };
    const ids = [idOf({}, {}), idOf({}, chosen), idOf({ trustProxy: ['10.0.0.6'] }, chosen)];
    for (const id of ids) expect(id).toMatch(NEW);
    expect(new Set(ids).size).toBe(3);
  });

  it('is the gateway’s at a service, if it looks like one', () => {
    expect(idOf({ trustRequestId: true }, { 'x-request-id': TRACE })).toBe(TRACE);
    for (const id of ['short', 'x'.repeat(65), 'new\nline-1'])
      expect(idOf({ trustRequestId: true }, { 'x-request-id': id })).toMatch(NEW);
  });

  it.each([
    ['10.0.0.5', '10.0.0.5'],
    ['10.0.0.0/8', '10.200.3.4'],
    ['10.0.0.0/8', '::ffff:10.200.3.4'],
    ['fd00::/8', 'fd00::1'],
  ])('is the trace id that a proxy of %s sends from %s', (network, from) => {
    expect(idOf({ trustProxy: [network] }, { traceparent: TRACEPARENT }, from)).toBe(TRACE);
  });

  it.each([
    ['nothing', ''],
    ['something short', `00-${TRACE}-b7ad6b7169203331`],
    ['capitals', TRACEPARENT.toUpperCase()],
    ['a trace id of zeros', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['a parent id of zeros', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['the version that is none', `ff-${TRACE}-b7ad6b7169203331-01`],
    ['more than one', `${TRACEPARENT}, ${TRACEPARENT}`],
  ])('is new where a proxy sends %s', (_what, traceparent) => {
    expect(idOf({ trustProxy: ['10.0.0.5'] }, { traceparent })).toMatch(NEW);
  });

  it('is the trace id also of a version to come, which may say more', () => {
    const traceparent = `01-${TRACE}-b7ad6b7169203331-01-more`;
    expect(idOf({ trustProxy: ['10.0.0.5'] }, { traceparent })).toBe(TRACE);
  });
});
