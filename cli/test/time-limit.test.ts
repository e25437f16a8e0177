import { describe, expect, it, vi } from 'vitest';
import { createTimeLimit } from '../src/time-limit.ts';

const never = new Promise<never>(() => undefined);

describe('the time of a command', () => {
  it('is what is left of it after each wait, and what lies between does not count', async () => {
    vi.useFakeTimers();
    try {
      const limit = createTimeLimit(30);
      const first = limit.within(new Promise((done) => setTimeout(() => done('there'), 10_000)));
      await vi.advanceTimersByTimeAsync(10_000);
      await expect(first).resolves.toBe('there');
      await vi.advanceTimersByTimeAsync(60_000);
      expect(limit.left()).toBe(20_000);
      const second = expect(limit.within(never)).rejects.toMatchObject({ exitCode: 4 });
      await vi.advanceTimersByTimeAsync(20_000);
      await second;
      expect(limit.left()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives back what comes too late', async () => {
    vi.useFakeTimers();
    try {
      const dropped = vi.fn();
      const slow = new Promise((done) => setTimeout(() => done('late'), 2_000));
      const refused = expect(createTimeLimit(1).within(slow, dropped)).rejects.toThrow('--timeout SECONDS');
      await vi.advanceTimersByTimeAsync(2_000);
      await refused;
      expect(dropped).toHaveBeenCalledExactlyOnceWith('late');
    } finally {
      vi.useRealTimers();
    }
  });

  it('has no end where there is none', async () => {
    const limit = createTimeLimit(null);
    expect(limit.left()).toBeNull();
    await expect(limit.within(Promise.resolve(1))).resolves.toBe(1);
  });
});
