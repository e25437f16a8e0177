import { expect, it } from 'vitest';
import { runLoad } from '../src/load.ts';

it('keeps exactly so many requests in flight, and counts none of the warm-up', async () => {
  let inFlight = 0;
  let most = 0;
  let sent = 0;
  const result = await runLoad({
    concurrency: 3,
    requests: 20,
    warmUp: 7,
    async send() {
      sent += 1;
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
    },
  });
  expect(sent).toBe(27);
  expect(most).toBe(3);
  expect(result.latencies).toHaveLength(20);
  expect(result.requests).toBe(20);
  expect(result.perSecond).toBeCloseTo(20 / result.seconds);
});

it('gives each turn to one worker', async () => {
  const turns: number[] = [];
  const send = async (_: number, turn: number): Promise<void> => void turns.push(turn);
  await runLoad({ concurrency: 4, requests: 10, warmUp: 0, send });
  expect(turns.sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('fails when a request does', async () => {
  const send = async (_: number, turn: number): Promise<void> => {
    if (turn === 5) throw new Error('answered 503');
  };
  await expect(runLoad({ concurrency: 2, requests: 10, warmUp: 0, send })).rejects.toThrow('answered 503');
});
