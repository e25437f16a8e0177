import { once } from 'node:events';
import { connect } from 'node:net';
import { type Answer, createAnswerParser } from './answers.ts';
import type { Framed } from './framings.ts';

/** What came of requests that were written in one breath. */
export interface Exchange {
  readonly answers: readonly Answer[];
  /** What was wrong with it as a whole; null for nothing. */
  readonly wrong: string | null;
}

export interface Sent {
  readonly method: string;
  readonly framed: Framed;
}

export interface Connection {
  /** False once nothing more can come: it was closed or is about to be, a stream has begun, or what came is no HTTP. */
  isOpen(): boolean;
  /** Writes the requests; resolves when all are answered, or nothing more can come. One exchange at a time. */
  exchange(requests: readonly Sent[]): Promise<Exchange>;
  close(): void;
}

export interface ConnectionOptions {
  /** Address of this machine that it comes from; the system's choice without. */
  readonly localAddress?: string;
  readonly boundMs?: number;
}

/** Milliseconds within which the server has answered or hung up: a bound, far from the 30 s of its longest limit. */
const BOUND_MS = 120_000;

const isStream = ({ headers }: Answer): boolean => !headers.has('content-length');

/** Throws when the server does not take the connection. */
export async function openConnection(
  url: string,
  { localAddress, boundMs = BOUND_MS }: ConnectionOptions = {},
): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    noDelay: true,
    allowHalfOpen: true,
    ...(localAddress && { localAddress }),
  });
  await once(socket, 'connect');
  let isOpen = true;
  let heard: (bytes: Buffer | null) => void = () => {};
  socket.on('data', (bytes: Buffer) => heard(bytes));
  // A reset is an end, too: whether it may be one is the verdict's business.
  socket.on('error', () => {});
  socket.on('end', () => socket.end());
  socket.on('close', () => {
    isOpen = false;
    heard(null);
  });

  return {
    isOpen: () => isOpen,
    close: () => void socket.destroy(),
    exchange: (requests) =>
      new Promise((resolve) => {
        const answers: Answer[] = [];
        const parser = createAnswerParser(requests.map(({ method }) => method));
        const isBroken = requests.some(({ framed }) => framed.isBroken);
        const late = setTimeout(() => finish(`neither answered nor hung up on in ${boundMs} ms`), boundMs);
        const finish = (wrong: string | null = null): void => {
          clearTimeout(late);
          heard = () => {};
          const isClosing = answers.at(-1)?.headers.get('connection') === 'close';
          if (isClosing || answers.some(isStream) || wrong !== null) isOpen = false;
          if (!isOpen) socket.destroy();
          resolve({ answers, wrong });
        };
        heard = (bytes) => {
          if (bytes === null) return finish(parser.isWithin() && !isBroken ? 'an answer was cut off' : null);
          try {
            answers.push(...parser.push(bytes));
          } catch (error) {
            return finish(String(error));
          }
          if (answers.some(isStream) || (!isBroken && answers.length >= requests.length)) finish();
        };
        if (!isOpen) return finish();
        for (const { framed } of requests) {
          for (const piece of framed.pieces) socket.write(piece);
          if (framed.isBroken && framed.ending === 'end') socket.end();
          if (framed.isBroken && framed.ending === 'reset') socket.resetAndDestroy();
        }
      }),
  };
}
