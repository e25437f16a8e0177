import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, readConfig } from '@secure-chat/service-kit/config';
import { createLogger } from '@secure-chat/service-kit/logger';
import { followKeyPair } from '@secure-chat/service-kit/server-keys';
import { Agent, request } from 'undici';
import { describe, expect, it, onTestFinished } from 'vitest';
import { selfSigned } from '../../tools/certificates.ts';
import { tlsFilesOf, tlsSettings } from '../src/tls-settings.ts';
import { createServices, openLog, openSession, signedHeadersV2, startGateway } from './gateway-under-test.ts';
import { temporaryFolder } from './temporary-folder.ts';

const certificate = selfSigned({ names: ['localhost', '127.0.0.1'] });

function files() {
  const folder = temporaryFolder();
  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  return { put, TLS_CERT: put('cert.pem', certificate.cert), TLS_KEY: put('key.pem', certificate.key) };
}

describe('a gateway with a certificate', () => {
  it('takes requests that were signed for https', async () => {
    const { TLS_CERT, TLS_KEY } = files();
    const logger = createLogger('gateway', 'fatal');
    const keys = followKeyPair({ files: { TLS_CERT, TLS_KEY }, logger, clock: Date.now });
    const log = await openLog();
    const alice = await openSession(log, 'alice', 'v2');
    const { upstreams } = createServices();
    const { listen } = await startGateway({ log, upstreams, keys });
    const url = await listen({ host: '127.0.0.1', port: 0 });
    expect(url).toMatch(/^https:/);
    const dispatcher = new Agent({ connect: { ca: certificate.cert, servername: 'localhost' } });
    onTestFinished(() => dispatcher.close());
    // The port is left out, as where it is the scheme's.
    for (const [host, status] of [
      ['localhost:443', 200],
      ['localhost:80', 401],
    ] as const) {
      const headers = { ...signedHeadersV2(alice, { path: '/chat/users' }), host };
      const answer = await request(`${url}/chat/users`, { dispatcher, headers });
      expect(answer.statusCode).toBe(status);
      await answer.body.dump();
    }
  });
});

describe('TLS_CERT and TLS_KEY', () => {
  const problemsOf = (env: Record<string, string>): string => {
    try {
      readConfig(tlsSettings, env);
      return '';
    } catch (error) {
      if (error instanceof ConfigError) return error.message;
      throw error;
    }
  };

  it('are files, and plain HTTP without both', () => {
    const { TLS_CERT, TLS_KEY } = files();
    expect(tlsFilesOf(readConfig(tlsSettings, { TLS_CERT, TLS_KEY }))).toEqual({ TLS_CERT, TLS_KEY });
    expect(tlsFilesOf(readConfig(tlsSettings, { TLS_CERT: '' }))).toBeNull();
  });

  it('go together', () => {
    const { TLS_CERT, TLS_KEY } = files();
    expect(problemsOf({ TLS_CERT })).toBe('TLS_KEY is needed with TLS_CERT');
    expect(problemsOf({ TLS_KEY })).toBe('TLS_CERT is needed with TLS_KEY');
  });

  it('are both told of when they are wrong', () => {
    const { put, TLS_CERT, TLS_KEY } = files();
    const missing = `${TLS_CERT}-not-there`;
    expect(problemsOf({ TLS_CERT: missing, TLS_KEY: put('canary', 'canary') }).split('\n')).toEqual([
      'TLS_CERT cannot be read (ENOENT)',
      'TLS_KEY must be a file with a private key without a password, in PEM',
    ]);
    expect(problemsOf({ TLS_CERT: missing, TLS_KEY })).toBe('TLS_CERT cannot be read (ENOENT)');
  });

  it('are a pair that has not expired', () => {
    const { put, TLS_KEY } = files();
    const other = put('other.pem', selfSigned({ names: ['x'] }).cert);
    expect(problemsOf({ TLS_CERT: other, TLS_KEY })).toBe('TLS_KEY is not the key of the certificate');
    const old = selfSigned({ names: ['x'], until: new Date(0) });
    const expired = { TLS_CERT: put('old.pem', old.cert), TLS_KEY: put('old-key.pem', old.key) };
    expect(problemsOf(expired)).toMatch(/^TLS_CERT has expired: Jan {2}1 00:00:00 1970 GMT$/);
  });
});
