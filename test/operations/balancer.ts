import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** What stands in front of several gateways: each connection goes to the first of them that takes it, in turn. */
export interface Balancer {
  readonly url: string;
  close(): Promise<void>;
}

export async function startBalancer(gateways: readonly string[]): Promise<Balancer> {
  const open = new Set<Socket>();
  let turn = 0;
  /** Resolves to a connection with one of them; null where none takes it. */
  const connectToOne = async (): Promise<Socket | null> => {
    turn += 1;
    for (let count = 0; count < gateways.length; count++) {
      const { hostname: host, port } = new URL(gateways[(turn + count) % gateways.length] ?? '');
      const socket = connect({ host, port: Number(port) });
      const connected = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      if (connected) return socket;
    }
    return null;
  };
  const server = createServer({ pauseOnConnect: true }, async (client) => {
    open.add(client.on('error', () => {}).on('close', () => open.delete(client)));
    const gateway = await connectToOne();
    if (!gateway) {
      client.destroy();
      return;
    }
    open.add(gateway.on('error', () => {}).on('close', () => open.delete(gateway)));
    // An end that is half passes on as one; a connection that broke breaks the other.
    client.on('close', () => gateway.destroy());
    gateway.on('close', () => client.destroy());
    client.pipe(gateway).pipe(client);
    client.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the balancer has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
