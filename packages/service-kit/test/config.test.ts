import { chmodSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, oneOf, origin, origins, port, readConfig, type Setting } from '../src/config.ts';
import { serviceSettings } from '../src/service-config.ts';
import { temporaryFolder } from './temporary-folder.ts';

const read = (env: Record<string, string>) => readConfig(serviceSettings(8001), env);

function problems(env: Record<string, string>): string[] {
  try {
    read(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n');
    throw error;
  }
  return [];
}

function parsed<T>(setting: Setting<T>, text: string): T | null {
  try {
    return readConfig({ SETTING: setting }, { SETTING: text }).SETTING;
  } catch {
    return null;
  }
}

describe('the configuration', () => {
  it('has a default for every setting; an empty one counts as absent', () => {
    const defaults = {
      HOST: '127.0.0.1',
      PORT: 8001,
      DATA_DIR: resolve('data'),
      LOG_LEVEL: 'info',
      SERVICE_KEY: null,
      EVENT_LOG: 'embedded',
      KAFKA_BROKERS: [],
      KAFKA_TLS: 'off',
      KAFKA_TLS_CA: null,
      KAFKA_TLS_CERT: null,
      KAFKA_TLS_KEY: null,
      KAFKA_SASL: null,
      KAFKA_USERNAME: null,
      KAFKA_PASSWORD: null,
      SCHEMA_REGISTRY_URL: '',
      SCHEMA_REGISTRY_CA: null,
      SCHEMA_REGISTRY_USERNAME: null,
      SCHEMA_REGISTRY_PASSWORD: null,
      KAFKA_REPLICATION_FACTOR: 1,
      KAFKA_MIN_INSYNC_REPLICAS: 1,
      KAFKA_RETENTION_MS: -1,
      KAFKA_SEGMENT_MS: 3_600_000,
      KAFKA_SEGMENT_BYTES: 2_097_152,
      METRICS_HOST: '127.0.0.1',
      METRICS_PORT: null,
      OTEL_EXPORTER_OTLP_ENDPOINT: null,
      OTEL_TRACES_SAMPLER_ARG: 1,
    };
    expect(read({})).toEqual(defaults);
    expect(read({ HOST: '', PORT: '', DATA_DIR: '', LOG_LEVEL: '', SERVICE_KEY: '' })).toEqual(defaults);
  });

  it('is what the environment says', () => {
    const key = 'aB'.repeat(32);
    expect(
      read({ HOST: '::1', PORT: '0', DATA_DIR: 'x/y', LOG_LEVEL: 'silent', SERVICE_KEY: key }),
    ).toMatchObject({
      HOST: '::1',
      PORT: 0,
      DATA_DIR: resolve('x/y'),
      LOG_LEVEL: 'silent',
      SERVICE_KEY: { keys: [Buffer.from(key, 'hex')], file: null },
    });
  });

  it('takes a relative folder from where npm was called', () => {
    const folder = (env: Record<string, string>) => read({ INIT_CWD: '/srv/chat', ...env }).DATA_DIR;
    expect(folder({})).toBe('/srv/chat/data');
    expect(folder({ DATA_DIR: '../x' })).toBe('/srv/x');
    expect(folder({ DATA_DIR: '/x' })).toBe('/x');
  });

  it('names every problem at once, a line each', () => {
    const lines = problems({
      HOST: 'a b',
      PORT: '80x',
      LOG_LEVEL: 'loud',
      SERVICE_KEY: '12',
      EVENT_LOG: 'x',
    });
    expect(lines.map((line) => line.split(' ')[0])).toEqual([
      'HOST',
      'PORT',
      'LOG_LEVEL',
      'SERVICE_KEY',
      'EVENT_LOG',
    ]);
  });

  it.each([
    ['PORT', ['65536', '-1', '8000.5', '0x50', ' 8000', '1e3', 'http', '99999']],
    ['HOST', ['a b', 'http://x', 'a/b', 'x'.repeat(254)]],
    ['LOG_LEVEL', ['INFO', 'verbose', 'info ']],
    ['SERVICE_KEY', ['ab'.repeat(31), 'ab'.repeat(33), 'zz'.repeat(32), `${'ab'.repeat(32)},x`, ',']],
    ['DATA_DIR', ['a\0b']],
    ['EVENT_LOG', ['kafka2']],
  ])('refuses a malformed %s and never takes the default for it', (name, texts) => {
    for (const text of texts) expect(problems({ [name]: text })).toHaveLength(1);
  });

  it('names the setting that bounds another', () => {
    const [problem] = problems({ KAFKA_MIN_INSYNC_REPLICAS: '2' });
    expect(problem).toContain('not above KAFKA_REPLICATION_FACTOR');
    expect(problems({ KAFKA_REPLICATION_FACTOR: '3', KAFKA_MIN_INSYNC_REPLICAS: '2' })).toEqual([]);
  });

  it('never repeats a secret in an error', () => {
    const secret = `${'c0ffee'.repeat(11)}`;
    expect(problems({ SERVICE_KEY: secret }).join()).not.toContain('c0ffee');
    const settings = { AUTH_URL: origin('http://127.0.0.1') };
    const bad = () => readConfig(settings, { AUTH_URL: 'http://admin:c0ffee@example.org' });
    expect(bad).toThrow(/^(?!.*c0ffee).*example\.org/s);
  });

  it('takes the service key from a file that others may read, and leaves the file as it is', () => {
    const folder = temporaryFolder();
    const file = join(folder, 'key');
    writeFileSync(file, `${'aB'.repeat(32)}\n`);
    chmodSync(file, 0o444);
    const given = { keys: [Buffer.alloc(32, 0xab)], file };
    expect(read({ SERVICE_KEY_FILE: file }).SERVICE_KEY).toEqual(given);
    expect(read({ SERVICE_KEY_FILE: 'key', INIT_CWD: folder }).SERVICE_KEY).toEqual(given);
    expect(statSync(file).mode & 0o777).toBe(0o444);
  });

  it('takes several service keys, newest first, each once, at most 8', () => {
    const hex = (byte: number) => Buffer.alloc(32, byte).toString('hex');
    const given = { keys: [Buffer.alloc(32, 1), Buffer.alloc(32, 2)], file: null };
    for (const between of [',', ', ', ' ', '\n', '\r\n', '\n\n'])
      expect(read({ SERVICE_KEY: `${hex(1)}${between}${hex(2)}` }).SERVICE_KEY).toEqual(given);
    expect(problems({ SERVICE_KEY: `${hex(1)},${hex(1)}` })).toEqual([
      'SERVICE_KEY must not hold a key twice',
    ]);
    const keys = Array.from({ length: 9 }, (_, index) => hex(index));
    expect(read({ SERVICE_KEY: keys.slice(1).join() }).SERVICE_KEY?.keys).toHaveLength(8);
    expect(problems({ SERVICE_KEY: keys.join() })).toEqual(['SERVICE_KEY must hold at most 8 keys']);
  });

  it('refuses a service key given twice, and a file that holds none, without what it holds', () => {
    const file = join(temporaryFolder(), 'key');
    const both = { SERVICE_KEY: 'ab'.repeat(32), SERVICE_KEY_FILE: file };
    expect(problems(both)).toEqual(['SERVICE_KEY and SERVICE_KEY_FILE are both given: give one of them']);
    const of = `SERVICE_KEY of SERVICE_KEY_FILE ${file}:`;
    expect(problems({ SERVICE_KEY_FILE: file })).toEqual([`${of} cannot be read (ENOENT)`]);
    for (const text of [
      '',
      '\n',
      'c0ffee'.repeat(11),
      `${'ab'.repeat(32)}\n${'ab'.repeat(32)}`,
      'a'.repeat(9_999),
    ]) {
      writeFileSync(file, text);
      const [problem = '', ...rest] = problems({ SERVICE_KEY_FILE: file });
      expect(rest).toEqual([]);
      expect(problem.startsWith(`${of} `)).toBe(true);
      expect(problem).toMatch(/must (be 64 hex digits|hold 1 to 4096 characters|not hold a key twice)/);
      expect(problem).not.toMatch(/c0ffee|abab|aaaa/);
    }
    const folder = dirname(file);
    const refusal = `SERVICE_KEY of SERVICE_KEY_FILE ${folder}: is no regular file`;
    expect(problems({ SERVICE_KEY_FILE: folder })).toEqual([refusal]);
  });

  it('repeats no more than 80 characters of a malformed value, on one line', () => {
    const [line = '', ...rest] = problems({ LOG_LEVEL: `loud\nPORT is fine${'x'.repeat(1_000)}` });
    expect(rest).toEqual([]);
    expect(line.length).toBeLessThan(250);
  });
});

describe('a setting', () => {
  it('of an origin takes http and https without a path', () => {
    const setting = origin('http://127.0.0.1:8001');
    expect(parsed(setting, 'https://auth.internal')).toBe('https://auth.internal');
    expect(parsed(setting, 'http://127.0.0.1:9/')).toBe('http://127.0.0.1:9');
    for (const text of ['127.0.0.1:9', 'ftp://a', 'http://a/b', 'http://a/?b', 'http://u:p@a', 'x']) {
      expect(parsed(setting, text)).toBeNull();
    }
  });

  it('of several origins takes them with commas between, each sound, none twice', () => {
    const setting = origins('http://127.0.0.1:8003');
    expect(readConfig({ SETTING: setting }, {}).SETTING).toEqual(['http://127.0.0.1:8003']);
    expect(parsed(setting, 'http://relay:8003')).toEqual(['http://relay:8003']);
    expect(parsed(setting, 'http://a:1, https://[::1]:2/')).toEqual(['http://a:1', 'https://[::1]:2']);
    for (const text of [
      'http://a,',
      ',http://a',
      'http://a http://b',
      'http://a,http://a/',
      'http://a,ftp://b',
    ])
      expect(parsed(setting, text)).toBeNull();
  });

  it('of a choice takes one of the choices as it is written', () => {
    expect(parsed(oneOf(['a', 'b'], 'a'), 'b')).toBe('b');
    expect(parsed(oneOf(['a', 'b'], 'a'), 'B')).toBeNull();
  });

  it('of a port takes 0 to 65535', () => {
    expect([parsed(port(1), '0'), parsed(port(1), '65535')]).toEqual([0, 65_535]);
  });
});
