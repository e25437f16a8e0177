import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createAuthority, selfSigned, type TestCertificate } from '../../../tools/certificates.ts';
import { checkServer, createAccount, signIn, UnknownServerError } from '../src/chat-client.ts';
import { type PinWish, USUAL_TRUST } from '../src/server-trust.ts';
import { createTransport } from '../src/transport.ts';
import { startFakeServer } from './fake-server.ts';
import { eventually, gatherPeople } from './people.ts';
import { QUICK } from './quick.ts';

const HERE = ['127.0.0.1', 'localhost'];
const authority = createAuthority();
const own = selfSigned({ names: HERE });
const other = selfSigned({ names: HERE });
const vouchedFor = authority.issue({ names: HERE });
const EXPIRED = { until: new Date(1e12), from: new Date(0) };

const keyOf = ({ cert }: TestCertificate): string => {
  const der = new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
};

/** A server that notes what it is sent inside TLS, and answers nothing. */
async function listen(certificate: TestCertificate) {
  let bytes = 0;
  let ended = 0;
  const server = createTlsServer(certificate, (socket) => {
    socket.on('data', (chunk) => {
      bytes += chunk.length;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    });
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  server.on('connection', (socket) => socket.on('close', () => (ended += 1)));
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, bytes: () => bytes, ended: () => ended };
}

function connect(server: string, key: string, ca: string | null = null) {
  const trust = { ca, insecureHttp: false };
  const transport = createTransport({ server, now: () => 0, trust, pin: { key, met: true } });
  onTestFinished(() => transport.close());
  return transport;
}

const anything = {
  method: 'POST',
  path: '/x',
  body: { secret: 1 },
  response: (value: unknown) => value,
} as const;
const stream = {
  path: '/s',
  credentials: { sessionId: 's'.repeat(22), sessionKey: 'ab'.repeat(32) },
  silenceMs: 5_000,
};

describe('a server that is known by its key', () => {
  it.each([
    ['vouches for itself', own],
    ['has expired, and is that of another name', selfSigned({ names: ['a.example'], ...EXPIRED })],
    ['is of an authority', vouchedFor],
  ])('is believed where its certificate %s', async (_, certificate) => {
    const { url } = await listen(certificate);
    expect(await connect(url, keyOf(certificate)).request(anything)).toEqual({});
  });

  it.each([
    ['another one that vouches for itself', other, null],
    ['one of an authority that is trusted', vouchedFor, authority.cert],
  ])('is not believed with %s, and is sent no byte of a request or a stream', async (_, shown, ca) => {
    const server = await listen(shown);
    const transport = connect(server.url, keyOf(own), ca);
    const refusal = {
      doubt: 'other key',
      retryable: true,
      message: `THE KEY OF THE SERVER CHANGED. ${server.url} is known by ${keyOf(own)}, and what answers there has ${keyOf(shown)}: the operator has taken a new key, or somebody is in between. Nothing was sent. Ask the operator; if the new key is his, start with --pin ${keyOf(shown)}.`,
    };
    await expect(transport.request(anything)).rejects.toMatchObject(refusal);
    await expect(transport.stream(stream)).rejects.toMatchObject(refusal);
    await eventually(() => expect(server.ended()).toBe(2));
    expect(server.bytes()).toBe(0);
  });
});

/** A server with a certificate, and the accounts of a test there. */
async function start(certificate: TestCertificate) {
  const server = await startFakeServer({ modern: true, streaming: true, certificate });
  const people = await gatherPeople(() => server.url);
  onTestFinished(async () => {
    await people.end();
    await server.stop();
  });
  const options = (pin: PinWish, ca: string | null = null) => ({
    ...people.options('alice'),
    trust: { ...USUAL_TRUST, pin, ca },
  });
  const keep = async <T extends { close(): Promise<void> }>(opening: Promise<T>): Promise<T> => {
    const client = await opening;
    onTestFinished(() => client.close());
    return client;
  };
  return {
    server,
    options,
    join: (pin: PinWish, ca?: string) => keep(createAccount(options(pin, ca), QUICK)),
    back: (pin: PinWish, ca?: string) => keep(signIn(options(pin, ca), QUICK)),
  };
}

describe('a server for which nobody vouches', () => {
  it('is a stranger at the first time: its key is said, and nothing is sent or made', async () => {
    const { server, options, join } = await start(own);
    const stranger = { code: 'unknown_server', server: server.url, key: keyOf(own) };
    await expect(join(null)).rejects.toMatchObject(stranger);
    await expect(join(null)).rejects.toBeInstanceOf(UnknownServerError);
    await expect(checkServer(server.url)).rejects.toMatchObject(stranger);
    await expect(signIn(options(null), QUICK)).rejects.toMatchObject({ code: 'no_profile' });
    expect(server.requests).toEqual([]);
  });

  it('is let in when its key is given, and is known by it from then on, by its stream, too', async () => {
    const { server, join, back } = await start(own);
    const alice = await join(keyOf(own));
    expect(alice).toMatchObject({ serverKey: keyOf(own) });
    expect(alice.state()).toEqual({ kind: 'online' });
    await eventually(() => expect(server.openStreams('alice')).toBe(1));
    await alice.close();
    expect((await back(null)).state()).toEqual({ kind: 'online' });
  });

  it('is let in with whatever key it has where the first one will do', async () => {
    const { join, back } = await start(own);
    await (await join('first')).close();
    expect(await back(null)).toMatchObject({ serverKey: keyOf(own) });
  });

  it('is a stranger again to a profile that comes there from another server', async () => {
    const { join, options } = await start(own);
    await (await join('first')).close();
    const elsewhere = await start(other);
    const moved = { ...options(null), server: elsewhere.server.url };
    await expect(signIn(moved, QUICK)).rejects.toMatchObject({ code: 'unknown_server', key: keyOf(other) });
    expect(elsewhere.server.requests).toEqual([]);
  });

  it('is no stranger that one may let in, once an authority has vouched for it', async () => {
    const { server, join, back } = await start(vouchedFor);
    await (await join(null, authority.cert)).close();
    server.showCertificate(own);
    const before = server.requests.length;
    const alice = await back(null, authority.cert);
    expect(alice.state()).toMatchObject({
      kind: 'offline',
      reason: expect.stringContaining('nobody but itself'),
    });
    expect(server.requests.length).toBe(before);
  });
});

describe('the key of a server changes', () => {
  it('under an open client: it says so until it is read, and sends nothing more', async () => {
    const { server, join } = await start(own);
    const alice = await join('first');
    server.showCertificate(other);
    await eventually(() => expect(alice.warnings()).toHaveLength(1));
    const sent = server.requests.length;
    expect(alice.warnings()[0]).toMatch(/^THE KEY OF THE SERVER CHANGED\. /);
    await eventually(() => expect(alice.state().kind).toBe('offline'));
    expect(server.requests.length).toBe(sent);
    server.showCertificate(own);
    await eventually(() => expect(alice.state()).toEqual({ kind: 'online' }));
  });

  it('under a client that was given the key, and has met it: it was not mistyped', async () => {
    const { server, join } = await start(own);
    const alice = await join(keyOf(own));
    server.showCertificate(other);
    await eventually(() => expect(alice.warnings()[0]).toMatch(/^THE KEY OF THE SERVER CHANGED\. /));
  });

  it('between two times: an authority that vouches for the new one changes nothing, and the first one counts', async () => {
    const { server, join, back } = await start(own);
    await (await join('first')).close();
    server.showCertificate(vouchedFor);
    const alice = await back('first', authority.cert);
    expect(alice.state()).toMatchObject({ reason: expect.stringContaining('THE KEY OF THE SERVER CHANGED') });
    expect(alice.warnings()).toHaveLength(1);
    await alice.close();
    const again = await back(null, authority.cert);
    expect(again.warnings()).toHaveLength(1);
  });

  it('on purpose: the new key is given, and is the one from then on', async () => {
    const { server, join, back } = await start(own);
    await (await join('first')).close();
    server.showCertificate(other);
    const renewed = await back(keyOf(other));
    expect(renewed.state()).toEqual({ kind: 'online' });
    await renewed.close();
    const alice = await back(null);
    expect(alice.state()).toEqual({ kind: 'online' });
    await alice.close();
    server.showCertificate(own);
    expect((await back(null)).state().kind).toBe('offline');
  });

  it('on purpose: the old one is forgotten, and authorities count again', async () => {
    const { server, join, back } = await start(own);
    await (await join('first')).close();
    server.showCertificate(vouchedFor);
    const free = await back('none', authority.cert);
    expect(free).toMatchObject({ serverKey: null });
    expect(free.state()).toEqual({ kind: 'online' });
    await free.close();
    expect((await back(null, authority.cert)).state()).toEqual({ kind: 'online' });
  });

  it('on purpose: the old one is forgotten, and the new one is that of a stranger', async () => {
    const { server, join, options } = await start(own);
    await (await join('first')).close();
    server.showCertificate(other);
    const met = signIn(options('none'), QUICK);
    await expect(met).rejects.toMatchObject({ code: 'unknown_server', key: keyOf(other) });
  });
});

it('a key that is given is not the one that the server has: no account is made', async () => {
  const { server, join } = await start(own);
  await expect(join(keyOf(other))).rejects.toMatchObject({
    code: 'offline',
    message: `${server.url} does not have the key that --pin gives, but ${keyOf(own)}: what was typed is not what its operator said, or somebody is in between. Nothing was sent. Compare the two, and ask the operator.`,
  });
  expect(server.requests).toEqual([]);
});

it('a server without TLS has no key', async () => {
  await expect(checkServer('http://127.0.0.1:1', { ...USUAL_TRUST, pin: 'first' })).rejects.toMatchObject({
    code: 'not_a_server',
    message:
      'http://127.0.0.1:1 has no key: only a server with an https:// address has. Leave --pin out, or give such an address.',
  });
});

it('a server that is away has none to take at the first time', async () => {
  const first = { ...USUAL_TRUST, pin: 'first' };
  await expect(checkServer('https://127.0.0.1:1', first)).rejects.toMatchObject({ code: 'offline' });
});
