import { expect, it } from 'vitest';
import { paced } from '../src/paced.ts';

it('sends each message at its moment, though none before is answered', async () => {
  const sent: number[] = [];
  let answer = (): void => {};
  const answered = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const start = performance.now();
  const lateMs = await paced({ perSecond: 200, count: 10 }, (turn) => {
    sent.push(turn);
    if (turn === 9) answer();
    return answered;
  });
  expect(sent).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(performance.now() - start).toBeGreaterThanOrEqual(45);
  expect(lateMs).toHaveLength(10);
});

it('fails with a send that fails', async () => {
  const send = (turn: number) => (turn === 1 ? Promise.reject(new Error('refused')) : Promise.resolve());
  await expect(paced({ perSecond: 1_000, count: 3 }, send)).rejects.toThrow('refused');
});
