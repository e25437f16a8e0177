import type { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { clientNetwork } from './client-network.ts';

export interface AddressLimits {
  /** Open connections in all, as the server itself refuses more. */
  readonly max: number;
  /** Of these, those of one address, of IPv6 of one /64. */
  readonly maxPerAddress: number;
}

/**
 * One of so many places is not left to who has the most already: with `maxPerAddress` each, a few addresses would hold all of them,
 * and who comes then, found the door shut. Enough for the newcomers of one turn of the event loop.
 */
const RESERVED = 16;

type Connection = Pick<Socket, 'remoteAddress' | 'destroy' | 'once'>;

/**
 * Hangs up at once on a connection beyond those of its address. When the places run short, the address that has most gives up its
 * oldest one for the newcomer; a newcomer of that very address is hung up on.
 */
export function limitPerAddress(server: EventEmitter, { max, maxPerAddress }: AddressLimits): void {
  const places = max - Math.floor(max / RESERVED);
  const open = new Map<string, Set<Connection>>();
  let total = 0;

  function forget(address: string, socket: Connection): void {
    const own = open.get(address);
    if (!own?.delete(socket)) return;
    total -= 1;
    if (own.size === 0) open.delete(address);
  }

  /** Whether there is a place, now, for one more of an address. */
  function makeRoom(address: string): boolean {
    const isAlone = open.size === 1 && open.has(address);
    if (total < places || isAlone) return true;
    let [largest, most]: [string, ReadonlySet<Connection>] = ['', new Set()];
    for (const [other, theirs] of open) if (theirs.size > most.size) [largest, most] = [other, theirs];
    const [oldest] = most;
    if (!oldest || (open.get(address)?.size ?? 0) + 1 >= most.size) return false;
    forget(largest, oldest);
    oldest.destroy();
    return true;
  }

  server.on('connection', (socket: Connection) => {
    const address = clientNetwork(socket.remoteAddress);
    if ((open.get(address)?.size ?? 0) >= maxPerAddress || !makeRoom(address)) {
      socket.destroy();
      return;
    }
    const own = open.get(address) ?? new Set();
    open.set(address, own.add(socket));
    total += 1;
    socket.once('close', () => forget(address, socket));
  });
}
