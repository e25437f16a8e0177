import { expect, it } from 'vitest';
import { within } from '../src/within.ts';

it('gives the outcome that comes in time', async () => {
  await expect(within(1_000, 'late', Promise.resolve(1))).resolves.toBe(1);
  await expect(within(1_000, 'late', Promise.reject(new Error('failed')))).rejects.toThrow('failed');
});

it('does not wait for ever', async () => {
  await expect(within(1, 'nothing came', new Promise(() => {}))).rejects.toThrow('nothing came');
});
