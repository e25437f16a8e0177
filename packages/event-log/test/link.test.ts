import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Address, createDial } from '../src/kafka/dial.ts';
import { createLink } from '../src/kafka/link.ts';
import { NO_SECURITY } from '../src/kafka/security.ts';

const servers: Server[] = [];

async function listen(): Promise<Address> {
  const server = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { host: '127.0.0.1', port: address.port };
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

describe('a link to a broker', () => {
  it('goes where its address says now, though the broker that it had before still answers', async () => {
    const [first, second] = [await listen(), await listen()];
    let address = first;
    const link = createLink(() => address, 1_000, createDial(NO_SECURITY, { error: () => {} }));
    const asked = () => link.ask(async ({ socket }) => socket.remotePort);
    expect(await asked()).toBe(first.port);
    expect(await asked()).toBe(first.port);
    address = second;
    expect(await asked()).toBe(second.port);
    link.drop();
  });
});
