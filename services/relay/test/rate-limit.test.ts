import { expect, it } from 'vitest';
import { createRateLimit } from '../src/rate-limit.ts';

it('lets a name do something so often within any window, and says when it may again', () => {
  let now = 1_000;
  const limit = createRateLimit({ max: 3, windowMs: 100, clock: () => now });
  expect([limit.take('ann'), limit.take('ann')]).toEqual([0, 0]);
  now += 60;
  expect([limit.take('ann'), limit.take('ann'), limit.take('bob')]).toEqual([0, 40, 0]);
  now += 40;
  // What was refused did not count.
  expect([limit.take('ann'), limit.take('ann'), limit.take('ann')]).toEqual([0, 0, 60]);
  now += 1_000;
  expect([limit.take('ann'), limit.take('bob')]).toEqual([0, 0]);
});
