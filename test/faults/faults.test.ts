import { describe, expect, it } from 'vitest';
import { expectGreen, runOne } from './one-schedule.ts';

describe('a schedule of faults on the embedded log', { timeout: 300_000 }, () => {
  it.each([
    ['stack', 16],
    ['processes', 11],
  ] as const)('loses nothing and shows nothing twice: %s, seed %i', expectGreen);

  it('is not green with a client that shows a message twice', async () => {
    const acts = [{ do: 'send', from: 'a', to: 'b', count: 3 }] as const;
    const { violations } = await runOne(
      'stack',
      () => ({ seed: 1, users: ['a', 'b'], acts }),
      './lying-client.ts',
    );
    expect(new Set(violations.map(({ kind }) => kind))).toEqual(new Set(['shown twice', 'out of order']));
  });
});
