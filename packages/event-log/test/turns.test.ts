import { expect, it, vi } from 'vitest';
import { createTurns } from '../src/sqlite/turns.ts';

const spin = (ms: number) => {
  const until = performance.now() + ms;
  while (performance.now() < until);
};

it('takes turns in the order asked for, each once however often it is asked', async () => {
  const takeTurn = createTurns();
  const taken: string[] = [];
  const [a, b] = [() => void taken.push('a'), () => void taken.push('b')];
  for (const turn of [a, b, a, a]) takeTurn(turn);
  await vi.waitFor(() => expect(taken).toEqual(['a', 'b']));
});

it('lets others have the event loop between slices of many turns', async () => {
  const takeTurn = createTurns();
  let taken = 0;
  const between: number[] = [];
  for (let n = 0; n < 10; n++) {
    takeTurn(() => {
      spin(6);
      taken++;
    });
  }
  while (taken < 10) {
    await new Promise(setImmediate);
    between.push(taken);
  }
  expect(between.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('gives one that asks again its next turn after the others', async () => {
  const takeTurn = createTurns();
  const taken: string[] = [];
  const again = () => {
    taken.push('again');
    if (taken.length < 6) takeTurn(again);
  };
  takeTurn(again);
  takeTurn(() => taken.push('other'));
  await vi.waitFor(() => expect(taken).toHaveLength(6));
  expect(taken.slice(0, 3)).toEqual(['again', 'other', 'again']);
});

it('gives the first turns as soon as what asks has ended, and those of the next slice after a breath', async () => {
  const takeTurn = createTurns();
  const taken: string[] = [];
  takeTurn(() => {
    spin(6);
    taken.push('first');
  });
  expect(taken).toEqual([]);
  await Promise.resolve();
  expect(taken).toEqual(['first']);
  takeTurn(() => taken.push('second'));
  await Promise.resolve();
  expect(taken).toEqual(['first']);
  await vi.waitFor(() => expect(taken).toEqual(['first', 'second']));
});
