import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { importSessionKey } from '@secure-chat/crypto/request-signature';
import { readRequestSignatureV2 } from '@secure-chat/crypto/request-signature-v2';
import { ERRORS, errorBody, isErrorCode } from '@secure-chat/wire/errors';
import { GATEWAY_HEADER } from '@secure-chat/wire/gateway-nonce';
import { afterEach, expect, it } from 'vitest';
import { ANSWER_MAX, createTransport, parseServer, type Transport } from '../src/transport.ts';
import { TransportError } from '../src/transport-error.ts';

let server: Server;
let transport: Transport;
afterEach(async () => {
  await transport.close();
  server.closeAllConnections();
  server.close();
});

async function serve(listener: RequestListener, timeoutMs = 5_000): Promise<Transport> {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  transport = createTransport({ server: `http://127.0.0.1:${port}/`, now: () => 0, timeoutMs });
  return transport;
}

const anything = { method: 'GET', path: '/x', response: (value: unknown) => value ?? null } as const;
const failure = async (asked: Promise<unknown>): Promise<TransportError> => {
  const error = await asked.then(() => null).catch((reason: unknown) => reason);
  if (error instanceof TransportError) return error;
  throw new Error(`not a TransportError: ${error}`);
};

it('a signed request carries a signature v2 over all that is sent, and another nonce each time', async () => {
  const sessionKey = 'ab'.repeat(32);
  const signatures: unknown[] = [];
  const nonces: unknown[] = [];
  await serve(async (request, response) => {
    const { method = '', url: target = '', headers } = request;
    const body = await buffer(request);
    const signature = readRequestSignatureV2({
      method,
      authority: String(headers.host),
      target,
      headers,
      body,
    });
    signatures.push({ ...signature, verified: signature?.verify(importSessionKey(sessionKey)) });
    nonces.push(signature?.nonce);
    response.end(JSON.stringify({ type: headers['content-type'], body: body.toString() }));
  });
  const credentials = { sessionId: 's'.repeat(22), sessionKey };
  const asked = { ...anything, method: 'POST', path: '/x?y=1', body: { text: 'é' } } as const;
  const answers = [
    await transport.request(asked, { credentials }),
    await transport.request(asked, { credentials }),
  ];
  expect(answers).toEqual(Array(2).fill({ type: 'application/json', body: '{"text":"é"}' }));
  const { sessionId } = credentials;
  expect(signatures).toEqual(
    Array(2).fill(expect.objectContaining({ verified: true, sessionId, created: 0 })),
  );
  expect(new Set(nonces).size).toBe(2);
});

it('a request whose signature was for another gateway is signed once more, for any, and sent again', async () => {
  const nonces: string[] = [];
  await serve(({ headers }, response) => {
    const nonce = /nonce="([^"]*)"/.exec(String(headers['signature-input']))?.[1] ?? 'none';
    nonces.push(nonce.includes('.') ? 'bound' : nonce === 'none' ? 'unsigned' : 'any');
    const refused = nonces.at(-1) === 'bound';
    response.setHeader(GATEWAY_HEADER, 'gateway-0001');
    response.statusCode = refused ? 401 : 200;
    response.end(JSON.stringify(refused ? errorBody('other_gateway', 'r') : {}));
  });
  const credentials = { sessionId: 's'.repeat(22), sessionKey: 'ab'.repeat(32) };
  await transport.request(anything);
  expect(await transport.request({ ...anything, method: 'POST', body: {} }, { credentials })).toEqual({});
  expect(nonces).toEqual(['unsigned', 'bound', 'any']);
});

it.each(Object.keys(ERRORS).filter(isErrorCode))(
  '%s is an error of its kind, with our own sentence',
  async (code) => {
    const { status, message } = ERRORS[code];
    const signsAgain = code === 'replayed' || code === 'other_gateway';
    const retryable = signsAgain || status === 408 || status === 429 || status >= 500;
    await serve((_, response) => {
      response.writeHead(status).end(JSON.stringify(errorBody(code, 'r', '\u001b[31mtheirs')));
    });
    const error = await failure(transport.request(anything));
    expect(error).toMatchObject({ status, code, message, retryable });
    expect(error.failure).toBe(
      retryable ? 'busy' : status === 401 && code !== 'wrong_password' ? 'unauthorized' : 'refused',
    );
  },
);

it.each([
  [302, 'x', 'not_a_server'],
  [404, 'no such page', 'not_a_server'],
  [502, '<html>', 'busy'],
  [429, '', 'busy'],
  [200, 'not json', 'not_a_server'],
])('an answer %i that is none of the contract is %s', async (status, body, kind) => {
  await serve((_, response) => void response.writeHead(status).end(body));
  expect(await failure(transport.request(anything))).toMatchObject({ failure: kind, status });
});

it('what the server asks to wait and its clock are read', async () => {
  const date = new Date(1_000_000_000_000).toUTCString();
  await serve((_, response) => void response.writeHead(503, { 'retry-after': '7', date }).end());
  expect(await failure(transport.request(anything))).toMatchObject({
    retryAfterMs: 7_000,
    serverTime: 1_000_000_000_000,
  });
});

it('a server that does not answer is given up after the time-out', async () => {
  await serve(() => undefined, 50);
  expect(await failure(transport.request(anything))).toMatchObject({
    failure: 'unreachable',
    retryable: true,
    message: expect.stringContaining('does not answer in time'),
  });
});

it('a body that stalls is given up too', async () => {
  await serve((_, response) => void response.writeHead(200).write('{'), 50);
  expect(await failure(transport.request(anything))).toMatchObject({ failure: 'unreachable' });
});

it('an answer without end is cut off', async () => {
  const piece = Buffer.alloc(1024 * 1024, ' ');
  let sent = 0;
  await serve((_, response) => {
    const more = (): void => {
      sent += piece.length;
      if (!response.destroyed && sent < ANSWER_MAX * 4) response.write(piece, more);
    };
    more();
  }, 10_000);
  expect(await failure(transport.request(anything))).toMatchObject({ failure: 'not_a_server' });
  expect(sent).toBeLessThan(ANSWER_MAX * 4);
});

it('closing breaks off what is in flight', async () => {
  await serve(() => undefined);
  const asked = failure(transport.request(anything));
  await once(server, 'request');
  await transport.close();
  expect(await asked).toMatchObject({ failure: 'unreachable' });
});

it('an address is taken with or without a path and slash, and nothing else', () => {
  expect(parseServer('http://127.0.0.1:8000')).toBe('http://127.0.0.1:8000');
  expect(parseServer('https://chat.example/base/')).toBe('https://chat.example/base');
  for (const wrong of [
    '',
    'chat.example',
    'file:///etc/passwd',
    'http://',
    'http://a:b@c',
    'http://c?d',
    'http://c#d',
  ])
    expect(() => parseServer(wrong)).toThrow(expect.objectContaining({ code: 'not_a_server' }));
});
