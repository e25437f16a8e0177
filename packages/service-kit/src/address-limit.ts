import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { clientNetwork } from './client-network.ts';

/** Keeps at most `max` connections of each address, of IPv6 of each /64, open: hangs up on one beyond them at once. */
export function limitPerAddress(server: EventEmitter, max: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>) => {
    const address = clientNetwork(socket.remoteAddress ?? '');
    const count = open.get(address) ?? 0;
    if (count >= max) {
      socket.destroy();
      return;
    }
    open.set(address, count + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
