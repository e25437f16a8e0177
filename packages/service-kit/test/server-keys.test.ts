import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAuthority, selfSigned, type TestCertificate } from '../../../tools/certificates.ts';
import { createHttpServer, type HttpServerOptions } from '../src/http-server.ts';
import { hostOf } from '../src/key-pair.ts';
import { createLogger } from '../src/logger.ts';
import { followKeyPair, LOOK_MS } from '../src/server-keys.ts';
import { rawConnection } from './raw-connection.ts';
import { temporaryFolder } from './temporary-folder.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }));
afterEach(() => void vi.useRealTimers());

const authority = createAuthority();
const issue = (name: string, until?: Date) =>
  authority.issue({ names: [name, '127.0.0.1'], ...(until && { until }) });

function keysUnderTest(first: TestCertificate = issue('one.example')) {
  const folder = temporaryFolder();
  const files = { TLS_CERT: join(folder, 'cert.pem'), TLS_KEY: join(folder, 'key.pem') };
  const put = ({ cert, key }: Partial<TestCertificate>): void => {
    if (cert !== undefined) writeFileSync(files.TLS_CERT, cert);
    if (key !== undefined) writeFileSync(files.TLS_KEY, key);
    vi.advanceTimersByTime(LOOK_MS);
  };
  put(first);
  const lines: string[] = [];
  const logger = createLogger('test', 'info', { write: (line) => void lines.push(line) });
  const keys = followKeyPair({ files, logger, clock: Date.now });
  onTestFinished(() => keys.close());
  return { keys, put, lines, logger };
}

async function serve(options: Partial<HttpServerOptions> = {}) {
  const { keys, ...rest } = keysUnderTest();
  const app = createHttpServer({
    logger: rest.logger,
    maxConnections: 100,
    trustRequestId: false,
    keys,
    ...options,
  });
  onTestFinished(() => app.close());
  app.get('/protocol', async ({ protocol }) => ({ protocol }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { ...rest, app, port };
}

/** A handshake; the names of the certificate that the server showed. */
async function shown(port: number, maxVersion?: 'TLSv1.2'): Promise<string | undefined> {
  const given = { port, host: '127.0.0.1', ca: authority.cert };
  const socket: TLSSocket = connect({ ...given, ...(maxVersion && { maxVersion }) });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return hostOf(socket.getPeerX509Certificate()?.toString() ?? '') ?? undefined;
}

describe('a server with a certificate', () => {
  it('answers over TLS, knows that it does, and says that the next time is to be over TLS, too', async () => {
    const { port } = await serve();
    const dispatcher = new Agent({ connect: { ca: authority.cert } });
    onTestFinished(() => dispatcher.close());
    for (const [path, status] of [
      ['/protocol', 200],
      ['/nothing', 404],
    ] as const) {
      const answer = await request(`https://127.0.0.1:${port}${path}`, { dispatcher });
      expect(answer.statusCode).toBe(status);
      expect(answer.headers['strict-transport-security']).toBe('max-age=31536000');
      expect(await answer.body.json()).toMatchObject(status === 200 ? { protocol: 'https' } : {});
    }
  });

  it('speaks TLS 1.3, and nothing older', async () => {
    const { port } = await serve();
    await expect(shown(port, 'TLSv1.2')).rejects.toThrow(/protocol version/);
    expect(await shown(port)).toBe('one.example');
  });

  it('hangs up on who speaks plain HTTP, without a word', async () => {
    const { port } = await serve();
    const connection = await rawConnection(port);
    connection.send('GET /protocol HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await connection.ended).toBe('');
  });

  it('hangs up on who does not end the handshake in time', async () => {
    const { port } = await serve({ requestMs: 200 });
    const connection = await rawConnection(port);
    expect(await connection.ended).toBe('');
  });

  it('closes, though somebody is in the middle of a handshake', async () => {
    const { app, port } = await serve();
    const connection = await rawConnection(port);
    await Promise.all([app.close(), connection.ended]);
  });

  it('shows a new certificate as soon as it has seen it; who is connected stays', async () => {
    const { port, put } = await serve();
    expect(await shown(port)).toBe('one.example');
    put(issue('two.example'));
    expect(await shown(port)).toBe('two.example');
  });
});

describe('files of a certificate', () => {
  it('are told of when both have changed, and not in between', () => {
    const { keys, put, lines } = keysUnderTest();
    const changes: unknown[] = [];
    keys.onChange((pair) => changes.push(pair));
    const next = issue('two.example');
    put({ cert: next.cert });
    expect(keys.current().cert).not.toBe(next.cert);
    put({ key: next.key });
    put({});
    expect(changes).toEqual([next]);
    expect(keys.current()).toEqual(next);
    expect(lines.join('')).toContain('the certificate was replaced');
  });

  it.each([
    ['no certificate', { cert: 'canary' }, 'TLS_CERT must be a file with a certificate, in PEM'],
    ['no key', { key: 'canary' }, 'TLS_KEY must be a file with a private key without a password, in PEM'],
    ['the key of another one', { key: selfSigned({ names: ['x'] }).key }, 'TLS_KEY is not the key'],
    ['one that has expired', issue('old.example', new Date(1e12)), 'TLS_CERT has expired: Sep  9'],
  ])('that hold %s are logged once, and what was good stays', (_, bad, problem) => {
    const { keys, put, lines } = keysUnderTest();
    const good = keys.current();
    put(bad);
    put({});
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(problem);
    expect(lines[0]).not.toContain('canary');
    expect(keys.current()).toBe(good);
  });

  it('must be good at the start', () => {
    expect(() => keysUnderTest({ cert: '', key: '' })).toThrow(/TLS_CERT must be .*; TLS_KEY must be/);
  });

  it('are looked at no more once the server is closed', () => {
    const { keys, put } = keysUnderTest();
    keys.close();
    const good = keys.current();
    put(issue('two.example'));
    expect(keys.current()).toBe(good);
  });
});
