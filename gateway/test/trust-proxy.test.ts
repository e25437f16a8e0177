import { ConfigError, readConfig } from '@secure-chat/service-kit/config';
import { describe, expect, it } from 'vitest';
import { proxySettings } from '../src/proxy-settings.ts';
import { createServices, openLog, openSession, signedHeadersV2, startGateway } from './gateway-under-test.ts';

const USERS = { path: '/chat/users' };

async function start(trustProxy: readonly string[]) {
  const log = await openLog();
  const alice = await openSession(log, 'alice', 'v2');
  const { upstreams } = createServices();
  const gateway = await startGateway({ log, upstreams, trustProxy });
  return { ...gateway, alice };
}

describe('what a proxy says of a client', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https', host: 'localhost:443' };

  it('is believed of a proxy that is named: the scheme of the address that was signed is https', async () => {
    const { send, alice } = await start(['127.0.0.1/32']);
    const headers = signedHeadersV2(alice, USERS);
    expect((await send(USERS, { ...headers, ...forwarded })).statusCode).toBe(200);
  });

  it('is not believed of anybody else', async () => {
    for (const trustProxy of [[], ['192.0.2.0/24']]) {
      const { send, alice } = await start(trustProxy);
      const headers = signedHeadersV2(alice, USERS);
      expect((await send(USERS, { ...headers, ...forwarded })).statusCode).toBe(401);
      expect((await send(USERS, headers)).statusCode).toBe(200);
    }
  });
});

describe('the network of a client', () => {
  const LOGIN = { method: 'POST', path: '/chat/auth/login', body: '{}' } as const;
  const toldOf = async (trustProxy: readonly string[], forwardedFor: string) => {
    const log = await openLog();
    const { upstreams, calls } = createServices();
    const { send, requestV2 } = await startGateway({ log, upstreams, trustProxy });
    await send(LOGIN, { 'x-forwarded-for': forwardedFor });
    await requestV2(await openSession(log, 'alice', 'v2'), USERS);
    return calls.map(({ service, network }) => [service, network]);
  };

  it('is told to auth alone: of IPv6 the /64, and nothing that is no address', async () => {
    const PROXY = ['127.0.0.1/32'];
    const directory = ['directory', ''];
    expect(await toldOf(PROXY, '203.0.113.9')).toEqual([['auth', '203.0.113.9'], directory]);
    expect(await toldOf(PROXY, '2001:db8:1:2:3::4')).toEqual([['auth', '2001:db8:1:2::/64'], directory]);
    expect(await toldOf(PROXY, 'a.b.00000000.x')).toEqual([['auth', 'unknown'], directory]);
  });

  it('is the one that the connection comes from where no proxy is believed', async () => {
    expect((await toldOf([], '203.0.113.9'))[0]).toEqual(['auth', '127.0.0.1']);
  });
});

describe('TRUST_PROXY', () => {
  const read = (text?: string) => readConfig(proxySettings, { TRUST_PROXY: text }).TRUST_PROXY;

  it('is nobody by default', () => {
    expect(read()).toEqual([]);
    expect(read('')).toEqual([]);
  });

  it('names addresses and networks, of both kinds', () => {
    expect(read('10.0.0.5, 10.1.0.0/16,::1,fd00::/8')).toEqual([
      '10.0.0.5',
      '10.1.0.0/16',
      '::1',
      'fd00::/8',
    ]);
  });

  it.each(['true', '*', '0.0.0.0/0', '10.0.0.0/33', 'proxy.example', '10.0.0.1,', '10.0.0.1/8/8', '1'])(
    'is not %j',
    (text) => {
      expect(() => read(text)).toThrow(ConfigError);
    },
  );

  it('names 32 at most', () => {
    const many = (count: number) => Array(count).fill('10.0.0.1').join(',');
    expect(read(many(32))).toHaveLength(32);
    expect(() => read(many(33))).toThrow(ConfigError);
  });
});
