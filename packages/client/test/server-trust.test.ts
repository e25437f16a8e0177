import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, selfSigned, type TestCertificate } from '../../../tools/certificates.ts';
import { isExposed, type ServerTrust, USUAL_TRUST } from '../src/server-trust.ts';
import { createTransport } from '../src/transport.ts';
import { toClientError } from '../src/transport-error.ts';

const authority = createAuthority();
const HERE = ['localhost', '127.0.0.1'];
const anything = { method: 'GET', path: '/x', response: (value: unknown) => value ?? null } as const;

async function serve(
  certificate: TestCertificate,
  listener: RequestListener = (_, answer) => answer.end('{}'),
) {
  const server = createServer(certificate, listener).listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return `https://127.0.0.1:${port}`;
}

function connect(server: string, trust: Partial<ServerTrust> = {}) {
  const transport = createTransport({ server, now: () => 0, trust: { ...USUAL_TRUST, ...trust } });
  onTestFinished(() => transport.close());
  return transport;
}

/** What a person is told of the connection. */
async function told(server: string, trust: Partial<ServerTrust> = {}): Promise<unknown> {
  const asked = connect(server, trust).request(anything);
  const error = await asked.then(() => null, toClientError);
  return error instanceof Error ? error.message : error;
}

describe('plain HTTP', () => {
  it.each([
    'http://localhost:8000',
    'http://127.0.0.1',
    'http://127.9.8.7:1',
    'http://[::1]:8000',
    'https://a.example',
  ])('%s is let through: it stays on this machine, or is none', (server) => {
    expect(isExposed(server)).toBe(false);
    expect(connect(server).server).toBe(server);
  });

  it.each([
    'http://a.example',
    'http://10.0.0.1:8000',
    'http://gateway:8000',
    'http://127.0.0.1.a.example',
    'http://localhost.a.example',
    'http://0.0.0.0:8000',
    'http://[::2]:8000',
  ])('%s is refused, with what to do, unless it is asked for', (server) => {
    expect(isExposed(server)).toBe(true);
    expect(() => connect(server)).toThrow(
      expect.objectContaining({
        code: 'not_a_server',
        message: `Over ${server} everybody on the way reads who writes to whom. Give an https:// address; or, in a network of your own, start with --insecure-http.`,
      }),
    );
    expect(connect(server, { insecureHttp: true }).server).toBe(server);
  });
});

describe('the certificate of a server', () => {
  it('is good where an authority vouches for it that was given', async () => {
    const url = await serve(authority.issue({ names: HERE }));
    expect(await told(url, { ca: authority.cert })).toBeNull();
  });

  it('is good where it was given itself', async () => {
    const certificate = selfSigned({ names: HERE });
    expect(await told(await serve(certificate), { ca: certificate.cert })).toBeNull();
  });

  it('is good for streams, too', async () => {
    const url = await serve(authority.issue({ names: HERE }), (_: IncomingMessage, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: here\n\n');
    });
    const credentials = { sessionId: 's'.repeat(22), sessionKey: 'ab'.repeat(32) };
    const stream = await connect(url, { ca: authority.cert }).stream({
      path: '/s',
      credentials,
      silenceMs: 5_000,
    });
    const events = [];
    for await (const batch of stream.batches()) events.push(...batch.map(({ data }) => data));
    expect(events).toEqual(['here']);
  });

  it.each([
    [
      'that nobody vouches for',
      selfSigned({ names: HERE }),
      {},
      'nobody but itself vouches for its certificate. Ask its operator for its key, and start with --pin KEY; or for the file of the certificate, and start with --ca FILE.',
    ],
    [
      'of an unknown authority',
      authority.issue({ names: HERE }),
      {},
      'no authority that this program knows vouches for its certificate. Ask its operator for its key, and start with --pin KEY; or for the file of the authority, and start with --ca FILE.',
    ],
    [
      'that has expired',
      authority.issue({ names: HERE, until: new Date(1e12), from: new Date(0) }),
      { ca: authority.cert },
      'its certificate has expired. Tell its operator; and look whether the clock of this machine is right.',
    ],
    [
      'of tomorrow',
      authority.issue({ names: HERE, from: new Date(4e12), until: new Date(5e12) }),
      { ca: authority.cert },
      'its certificate is not valid yet. Look whether the clock of this machine is right.',
    ],
    [
      'of another name',
      authority.issue({ names: ['a.example'] }),
      { ca: authority.cert },
      'its certificate is that of another name. Use the name that is in it, which its operator knows.',
    ],
  ])('%s is refused, with what to do', async (_, certificate, trust, sentence) => {
    let asked = 0;
    const url = await serve(certificate, (_request, answer) => {
      asked += 1;
      answer.end('{}');
    });
    expect(await told(url, trust)).toBe(`Cannot reach ${url}: ${sentence}`);
    expect(asked).toBe(0);
  });

  it('is missed where the server speaks none of TLS', async () => {
    const { createServer: createPlain } = await import('node:http');
    const server = createPlain((_, answer) => answer.end('{}')).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `https://127.0.0.1:${port}`;
    expect(await told(url)).toBe(`Cannot reach ${url}: what listens there speaks no TLS. Check the address.`);
  });
});
