import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
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
  limitPerAddress(server, 1);
  expect(connect(server, first).destroyed).toBe(false);
  expect(connect(server, second).destroyed).toBe(same);
});
