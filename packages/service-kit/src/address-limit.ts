import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';

/** Keeps at most `max` connections of each address open: hangs up on one beyond them at once. */
export function limitPerAddress(server: EventEmitter, max: number): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>) => {
    const address = plain(socket.remoteAddress ?? '');
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

/** An IPv4 address comes as `::ffff:192.0.2.1` on a socket that listens for both kinds. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
