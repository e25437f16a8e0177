import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createDeliveries, wasTaken } from '../src/deliveries.ts';

describe('turns at a mailbox', () => {
  it('go one after another, in the order they were asked for', async () => {
    const { begin } = createDeliveries();
    const began: number[] = [];
    const take = async (number: number) => {
      const end = await begin('alice', 'messages');
      began.push(number);
      return end;
    };
    const turns = [take(1), take(2), take(3)];
    const ends = [];
    for (const [index, turn] of turns.entries()) {
      ends.push(await turn);
      expect(began).toHaveLength(index + 1);
      ends.at(-1)?.();
    }
    expect(began).toEqual([1, 2, 3]);
  });

  it('of other users, and of the other mailbox, do not wait', async () => {
    const { begin } = createDeliveries();
    await begin('alice', 'messages');
    await begin('alice', 'keys');
    await begin('bob', 'messages');
  });

  it('last 4 s at most: a client that reads nothing does not keep the others waiting', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { begin } = createDeliveries();
    await begin('alice', 'messages');
    let began = false;
    const second = begin('alice', 'messages').then((end) => {
      began = true;
      return end;
    });
    await vi.advanceTimersByTimeAsync(3_999);
    expect(began).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    (await second)();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('that end twice, or late, free no turn but their own', async () => {
    const { begin } = createDeliveries();
    const first = await begin('alice', 'messages');
    const second = begin('alice', 'messages');
    first();
    const endSecond = await second;
    let third = false;
    const waiting = begin('alice', 'messages').then((end) => {
      third = true;
      return end;
    });
    first();
    await Promise.resolve();
    expect(third).toBe(false);
    endSecond();
    (await waiting)();
  });
});

describe('an answer', () => {
  const LARGE = Buffer.alloc(16 * 1024 * 1024);

  async function answerTo(client: (port: number) => void, answer: (response: ServerResponse) => void) {
    const server = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const address = server.address();
    const asked = once(server, 'request');
    client(typeof address === 'object' && address ? address.port : 0);
    const [, response]: ServerResponse[] = await asked;
    if (!response) throw new Error('no response');
    const taken = wasTaken(response);
    answer(response);
    return taken;
  }

  const ask = (port: number) =>
    connect(port, '127.0.0.1')
      .on('error', () => {})
      .resume();
  const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

  it('was taken when the client read it all', async () => {
    const client = (port: number) => void ask(port).write(REQUEST);
    expect(await answerTo(client, (response) => void response.end(LARGE))).toBe(true);
    expect(await answerTo(client, (response) => void response.end())).toBe(true);
  });

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'was not taken when the client went away by %s',
    async (way) => {
      const client = (port: number) => {
        const socket = ask(port).pause();
        socket.write(REQUEST);
        socket.once('readable', () => void socket[way]());
      };
      expect(await answerTo(client, (response) => void response.end(LARGE))).toBe(false);
    },
  );

  it('was not taken when the connection ended before it', async () => {
    const client = (port: number) => {
      const socket = ask(port);
      socket.write(REQUEST);
    };
    expect(await answerTo(client, (response) => void response.destroy())).toBe(false);
  });
});
