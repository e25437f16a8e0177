import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAuthority } from '../../../tools/certificates.ts';
import { ConfigError, readConfig } from '../src/config.ts';
import { eventLogOf, eventLogSettings } from '../src/event-log-config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const KAFKA = {
  EVENT_LOG: 'kafka',
  KAFKA_BROKERS: 'kafka-1:9093,kafka-2:9093',
  SCHEMA_REGISTRY_URL: 'https://registry:8443/apis/ccompat/v7/',
};
const LOGIN = { KAFKA_SASL: 'scram-sha-512', KAFKA_USERNAME: 'chat', KAFKA_PASSWORD: 'canary, canary' };

const opened = (env: Record<string, string>) =>
  eventLogOf(readConfig(eventLogSettings, { ...KAFKA, ...env }), '/data');

function problems(env: Record<string, string>): string[] {
  try {
    opened(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

function files() {
  const folder = temporaryFolder();
  const put = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return file;
  };
  const authority = createAuthority();
  const { cert, key } = authority.issue({ names: ['chat'] });
  return {
    put,
    authority,
    cert,
    key,
    CA: put('ca.pem', authority.cert),
    CERT: put('cert.pem', cert),
    KEY: put('key.pem', key),
  };
}

describe('the settings of Kafka', () => {
  it('without security are plain, and without a login', () => {
    expect(opened({})).toMatchObject({
      security: { tls: null, login: null },
      schemaRegistry: { url: 'https://registry:8443/apis/ccompat/v7' },
    });
  });

  it('take TLS with the authorities of the system', () => {
    expect(opened({ KAFKA_TLS: 'on' })).toMatchObject({ security: { tls: { ca: null, pair: null } } });
  });

  it('take TLS with authorities and a certificate of one’s own, and a login', () => {
    const { CA, CERT, KEY, authority, cert, key } = files();
    const tls = { KAFKA_TLS: 'on', KAFKA_TLS_CA: CA, KAFKA_TLS_CERT: CERT, KAFKA_TLS_KEY: KEY };
    expect(opened({ ...tls, ...LOGIN })).toMatchObject({
      security: {
        tls: { ca: authority.cert, pair: { cert, key } },
        login: { mechanism: 'scram-sha-512', username: 'chat', password: 'canary, canary' },
      },
    });
  });

  it('take the passwords from files', () => {
    const { put } = files();
    const KAFKA_PASSWORD_FILE = put('kafka', 'one\n');
    const SCHEMA_REGISTRY_PASSWORD_FILE = put('registry', 'two\n');
    const { KAFKA_PASSWORD: _, ...login } = LOGIN;
    const registry = { SCHEMA_REGISTRY_USERNAME: 'reg', SCHEMA_REGISTRY_PASSWORD_FILE };
    expect(opened({ ...login, KAFKA_PASSWORD_FILE, ...registry })).toMatchObject({
      security: { login: { password: 'one' } },
      schemaRegistry: { login: { username: 'reg', password: 'two' } },
    });
  });

  it('take several authorities in one file, and refuse one that is damaged among them', () => {
    const { put, authority } = files();
    const both = authority.cert + createAuthority('Other').cert;
    const file = put('both.pem', both);
    expect(opened({ KAFKA_TLS: 'on', KAFKA_TLS_CA: file })).toMatchObject({
      security: { tls: { ca: both } },
    });
    const damaged = put(
      'bad.pem',
      `${authority.cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    );
    expect(problems({ KAFKA_TLS: 'on', KAFKA_TLS_CA: damaged })).toEqual([
      'KAFKA_TLS_CA must be a file with certificates of authorities, in PEM',
    ]);
  });

  it('refuse plain without TLS', () => {
    const plain = { ...LOGIN, KAFKA_SASL: 'plain' };
    expect(problems(plain)).toEqual(['KAFKA_SASL plain sends the password as it is: it needs KAFKA_TLS=on']);
    expect(problems({ ...plain, KAFKA_TLS: 'on' })).toEqual([]);
    expect(problems(LOGIN)).toEqual([]);
  });

  it('name what misses', () => {
    const { CERT, KEY } = files();
    expect(problems({ KAFKA_SASL: 'scram-sha-256' })).toEqual([
      'KAFKA_USERNAME is needed with KAFKA_SASL',
      'KAFKA_PASSWORD is needed with KAFKA_SASL',
    ]);
    const { KAFKA_SASL: _, ...lost } = LOGIN;
    expect(problems(lost)).toEqual([
      'KAFKA_USERNAME is given without KAFKA_SASL',
      'KAFKA_PASSWORD is given without KAFKA_SASL',
    ]);
    expect(problems({ KAFKA_TLS: 'on', KAFKA_TLS_CERT: CERT })).toEqual([
      'KAFKA_TLS_KEY is needed with KAFKA_TLS_CERT',
    ]);
    expect(problems({ KAFKA_TLS: 'on', KAFKA_TLS_KEY: KEY })).toEqual([
      'KAFKA_TLS_CERT is needed with KAFKA_TLS_KEY',
    ]);
    expect(problems({ SCHEMA_REGISTRY_PASSWORD: 'canary' })).toEqual([
      'SCHEMA_REGISTRY_USERNAME is needed with SCHEMA_REGISTRY_PASSWORD',
    ]);
    expect(problems({ SCHEMA_REGISTRY_USERNAME: 'reg' })).toEqual([
      'SCHEMA_REGISTRY_PASSWORD is needed with SCHEMA_REGISTRY_USERNAME',
    ]);
  });

  it('send the password of the registry over http to this machine alone', () => {
    const at = (SCHEMA_REGISTRY_URL: string) =>
      problems({
        SCHEMA_REGISTRY_URL,
        SCHEMA_REGISTRY_USERNAME: 'reg',
        SCHEMA_REGISTRY_PASSWORD: 'canary',
      });
    for (const url of ['http://127.0.0.1:8081', 'http://[::1]:8081', 'http://localhost', 'https://registry'])
      expect(at(url)).toEqual([]);
    for (const url of ['http://registry:8081', 'http://127.0.0.1.example.org', 'http://10.0.0.1'])
      expect(at(url)).toEqual([
        'SCHEMA_REGISTRY_PASSWORD would be sent as it is: SCHEMA_REGISTRY_URL must be https, or lead to this machine',
      ]);
  });

  it('are told of all that is wrong at once, without a secret', () => {
    const { put, CA, CERT } = files();
    const key = put('not-a-key', 'canary');
    const lines = problems({
      KAFKA_TLS_CA: CA,
      KAFKA_TLS_CERT: CERT,
      KAFKA_TLS_KEY: key,
      KAFKA_SASL: 'kerberos',
      KAFKA_USERNAME: 'a,b',
      KAFKA_PASSWORD: 'canary',
      KAFKA_PASSWORD_FILE: key,
      SCHEMA_REGISTRY_URL: 'http://registry',
      SCHEMA_REGISTRY_CA: CA,
      SCHEMA_REGISTRY_USERNAME: 'a:b',
      SCHEMA_REGISTRY_PASSWORD: 'canary',
    });
    expect(lines).toEqual([
      'KAFKA_TLS_CA is given without KAFKA_TLS=on',
      'KAFKA_TLS_CERT is given without KAFKA_TLS=on',
      'KAFKA_TLS_KEY is given without KAFKA_TLS=on',
      'KAFKA_SASL must be one of plain, scram-sha-256, scram-sha-512, not "kerberos"',
      'KAFKA_USERNAME must be 1 to 255 visible ASCII characters without a comma',
      'KAFKA_PASSWORD and KAFKA_PASSWORD_FILE are both given: give one of them',
      'SCHEMA_REGISTRY_CA is given without an https SCHEMA_REGISTRY_URL',
      'SCHEMA_REGISTRY_USERNAME must be 1 to 255 visible ASCII characters without a colon',
      'SCHEMA_REGISTRY_PASSWORD would be sent as it is: SCHEMA_REGISTRY_URL must be https, or lead to this machine',
    ]);
    const bad = { KAFKA_TLS: 'on', KAFKA_TLS_CERT: CERT, KAFKA_TLS_KEY: key };
    expect(problems(bad)).toEqual([
      'KAFKA_TLS_KEY must be a file with a private key without a password, in PEM',
    ]);
    expect(problems({ ...LOGIN, KAFKA_USERNAME: 'a b' })).toHaveLength(1);
  });
});
