import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { limitPerAddress } from '../src/address-limit.ts';

const connect = (server: EventEmitter, remoteAddress: string | undefined): PassThrough => {
  const socket = Object.assign(new PassThrough(), { remoteAddress });
  server.emit('connection', socket);
  return socket;
};

it.each([
  ['192.0.2.1', '::ffff:192.0.2.1', true],
  ['::FFFF:192.0.2.1', '192.0.2.1', true],
  ['192.0.2.1', '192.0.2.2', false],
  ['2001:db8::1', '2001:db8::1', true],
  ['2001:db8::1', '2001:db8::2', true],
  ['2001:db8::1', '2001:db8:0:1::1', false],
  [undefined, undefined, true],
])('%s and %s are the same address: %s', (first, second, same) => {
  const server = new EventEmitter();
  limitPerAddress(server, { max: 100, maxPerAddress: 1 });
  expect(connect(server, first).destroyed).toBe(false);
  expect(connect(server, second).destroyed).toBe(same);
});

describe('when places run short', () => {
  /** Of 32 places two are kept. */
  const full = (...counts: number[]) => {
    const server = new EventEmitter();
    limitPerAddress(server, { max: 32, maxPerAddress: 20 });
    return {
      server,
      sockets: counts.map((count, address) =>
        Array.from({ length: count }, () => connect(server, `192.0.2.${address}`)),
      ),
    };
  };
  const destroyed = (sockets: readonly PassThrough[]) => sockets.map((socket) => socket.destroyed);

  it('the address that has most gives up its oldest connections for others', () => {
    const { server, sockets } = full(18, 12);
    const newcomers = ['198.51.100.1', '192.0.2.1'].map((address) => connect(server, address));
    expect(destroyed(newcomers)).toEqual([false, false]);
    expect(destroyed(sockets[0] ?? [])).toEqual([true, true, ...Array(16).fill(false)]);
    expect(destroyed(sockets[1] ?? [])).not.toContain(true);
  });

  it('gets no more for itself', () => {
    const { server, sockets } = full(18, 12);
    expect(connect(server, '192.0.2.0').destroyed).toBe(true);
    expect(destroyed(sockets.flat())).not.toContain(true);
  });

  it('lets an address come in for each that goes', async () => {
    const { server, sockets } = full(15, 15);
    const [[first] = []] = sockets;
    first?.destroy();
    await new Promise((resolve) => first?.once('close', resolve));
    expect(connect(server, '192.0.2.1').destroyed).toBe(false);
    expect(destroyed(sockets[1] ?? [])).not.toContain(true);
  });

  it('an address that is the only one, as a proxy is, has them all', () => {
    const server = new EventEmitter();
    limitPerAddress(server, { max: 32, maxPerAddress: 32 });
    const sockets = Array.from({ length: 32 }, () => connect(server, '192.0.2.1'));
    expect(destroyed(sockets)).not.toContain(true);
  });
});
