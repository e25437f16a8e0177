import { setImmediate } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { createServices, openLog, openSession, startGateway } from './gateway-under-test.ts';

const SOON = { interval: 1 };

/** A gateway whose services answer no open request before they are told to. */
async function setUp() {
  const log = await openLog();
  const waiting: { network: string; answer(): void }[] = [];
  const { upstreams, calls } = createServices(async ({ caller, network = '' }) => {
    if (caller) return {};
    await new Promise<void>((resolve) => waiting.push({ network, answer: resolve }));
    return {};
  });
  const gateway = await startGateway({ log, upstreams });
  const challenge = (remoteAddress: string) =>
    gateway.app.inject({
      method: 'POST',
      url: '/chat/auth/login-challenge',
      payload: '{"username":"alice"}',
      remoteAddress,
    });
  /** The networks whose requests services work on, in the order in which they came to them. */
  const underWay = () => waiting.map(({ network }) => network);
  /** Answers whatever comes to them until these requests are answered. */
  const answerAll = async (requests: Promise<unknown>): Promise<void> => {
    let over = false;
    const end = (): void => {
      over = true;
    };
    requests.then(end, end);
    while (!over) {
      for (const { answer } of waiting.splice(0)) answer();
      await setImmediate();
    }
    await requests;
  };
  return { ...gateway, log, calls, waiting, challenge, underWay, answerAll };
}

it('lets eight requests of strangers to the services, and nobody is behind all that another address asked', async () => {
  const { challenge, waiting, underWay } = await setUp();
  const flood = Array.from({ length: 200 }, () => challenge('10.0.0.1'));
  const others = ['10.0.0.2', '10.0.0.3'].map((address) => challenge(address));
  const all = Promise.all([...flood, ...others]);
  const begun: string[] = [];
  while (begun.length < 202) {
    await vi.waitFor(() => expect(underWay()).toHaveLength(Math.min(8, 202 - begun.length)), SOON);
    const [first] = waiting.splice(0, 1);
    begun.push(first?.network ?? '');
    first?.answer();
  }
  for (const address of ['10.0.0.2', '10.0.0.3']) expect(begun.indexOf(address)).toBeLessThan(100);
  for (const { statusCode } of await all) expect(statusCode).toBe(200);
});

it('lets those through who have signed, whatever waits', async () => {
  const { challenge, request, log, underWay, answerAll } = await setUp();
  const alice = await openSession(log, 'alice');
  const flood = Array.from({ length: 20 }, () => challenge('10.0.0.1'));
  await vi.waitFor(() => expect(underWay()).toHaveLength(8));
  expect((await request(alice, { path: '/chat/users' })).statusCode).toBe(200);
  await answerAll(Promise.all(flood));
});

it('tells the one with too many of them to come again', async () => {
  const { challenge, underWay, answerAll } = await setUp();
  const flood = Array.from({ length: 8 + 256 + 10 }, () => challenge('10.0.0.1'));
  await vi.waitFor(() => expect(underWay()).toHaveLength(8));
  const refused = (await Promise.all(flood.slice(-10))).map(({ statusCode, headers }) => [
    statusCode,
    headers['retry-after'],
  ]);
  expect(refused).toEqual(Array.from({ length: 10 }, () => [503, '1']));
  await answerAll(Promise.all(flood));
});
