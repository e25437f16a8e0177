import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Connection, openConnection } from '../fuzz/connection.ts';
import type { Field } from './attack.ts';

export interface Flood {
  readonly addresses: readonly string[];
  /** Of each address. */
  readonly connections: number;
  /** Requests of all together: more is not sent, and less where the server is slower. */
  readonly perSecond: number;
  /** Requests that are written in one breath. */
  readonly breath?: number;
  /** The bytes of a request; `turn` counts from 0. */
  readonly next: (turn: number) => { readonly method: string; readonly bytes: Buffer };
}

/** Sends requests until the field's signal, and counts what is answered. */
export async function flood({ url, signal, tally }: Field, options: Flood): Promise<void> {
  const { addresses, connections, perSecond, breath = 4, next } = options;
  setMaxListeners(0, signal);
  const lanes = addresses.flatMap((address) => Array<string>(connections).fill(address));
  const everyMs = (lanes.length * breath * 1000) / perSecond;
  const start = performance.now();
  let turn = 0;

  async function lane(localAddress: string, index: number): Promise<void> {
    let connection: Connection | null = null;
    for (let round = 0; !signal.aborted; round++) {
      const due = start + (round + index / lanes.length) * everyMs;
      // As the lane is behind, it goes on at once: but for one turn, in which others have theirs.
      await sleep(Math.max(0, due - performance.now()), null, { signal }).catch(() => {});
      if (signal.aborted) break;
      const sent = Array.from({ length: breath }, () => next(turn++)).map(({ method, bytes }) => ({
        method,
        framed: { pieces: [bytes], bent: null, isBroken: false, ending: 'end' as const },
      }));
      if (!connection?.isOpen()) connection = await openConnection(url, { localAddress }).catch(() => null);
      if (!connection) {
        tally.count('no connection', breath);
        continue;
      }
      const { answers } = await connection.exchange(sent);
      for (const { status, text } of answers) tally.count(outcomeOf(status, text));
      if (answers.length < breath) tally.count('hung up on', breath - answers.length);
    }
    connection?.close();
  }

  await Promise.all(lanes.map(lane));
}

/** Cheaper than to parse it: an attacker needs not be right. */
const outcomeOf = (status: number, text: string): string =>
  `${status} ${/"code":"([a-z_]+)"/.exec(text)?.[1] ?? ''}`.trimEnd();

export function requestBytes(
  url: string,
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body: string | Buffer = '',
): { method: string; bytes: Buffer } {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ Host: new URL(url).host, 'Content-Length': bytes.length, ...headers });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return { method, bytes: Buffer.concat([Buffer.from(`${method} ${path} HTTP/1.1\r\n${head}\r\n`), bytes]) };
}

export const postBytes = (
  url: string,
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
) => requestBytes(url, 'POST', path, { 'Content-Type': 'application/json', ...headers }, body);
