import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type Exchange, openConnection } from './connection.ts';
import type { Framed } from './framings.ts';

/** Milliseconds that are waited for what never comes. */
const SOON_MS = 50;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** One request, or more, to a server that does so with each connection. */
async function exchanged(
  serve: (socket: Socket) => void,
  framed: Partial<Framed> = {},
  count = 1,
  boundMs = 30_000,
): Promise<Exchange> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const connection = await openConnection(`http://127.0.0.1:${address.port}`, { boundMs });
  const request = {
    method: 'GET',
    framed: {
      pieces: [Buffer.from('GET / HTTP/1.1\r\n\r\n')],
      bent: null,
      isBroken: false,
      ending: 'end',
      ...framed,
    },
  } as const;
  const exchange = await connection.exchange(Array.from({ length: count }, () => request));
  connection.close();
  return exchange;
}

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

describe('an exchange with a server', () => {
  it('is over when each request is answered, in whatever pieces', async () => {
    const { answers, wrong } = await exchanged(
      (socket) => {
        socket.once('data', () => {
          socket.write(OK + OK.slice(0, 10));
          setImmediate(() => socket.write(OK.slice(10)));
        });
      },
      {},
      2,
    );
    expect(answers.map(({ status, text }) => [status, text])).toEqual([
      [200, '{}'],
      [200, '{}'],
    ]);
    expect(wrong).toBeNull();
  });

  it('is over when a stream begins', async () => {
    const { answers } = await exchanged((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n:'));
    });
    expect(answers.map(({ status }) => status)).toEqual([200]);
  });

  it('is wrong when nothing comes', async () => {
    const { wrong } = await exchanged((socket) => socket.resume(), {}, 1, SOON_MS);
    expect(wrong).toMatch(/neither answered nor hung up on/);
  });

  it('is wrong when nothing comes of what is broken, either', async () => {
    const { wrong } = await exchanged(
      (socket) => socket.resume(),
      { isBroken: true, ending: 'wait' },
      1,
      SOON_MS,
    );
    expect(wrong).toMatch(/neither answered nor hung up on/);
  });

  it('is wrong when an answer is cut off', async () => {
    const { answers, wrong } = await exchanged((socket) => {
      socket.once('data', () => socket.end(OK.slice(0, -1)));
    });
    expect([answers, wrong]).toEqual([[], 'an answer was cut off']);
  });

  it.each(['FTP/1 200', 'HTTP/1.1 200 OK\r\nContent-Type: text/plain'])(
    'is wrong when %j comes',
    async (head) => {
      const { wrong } = await exchanged((socket) => {
        socket.once('data', () => socket.write(`${head}\r\n\r\n`));
      });
      expect(wrong).toMatch(/no status line|without a length/);
    },
  );

  it('has no answers when the server hangs up: the verdict says whether it may', async () => {
    expect(await exchanged((socket) => socket.destroy())).toEqual({ answers: [], wrong: null });
  });
});
