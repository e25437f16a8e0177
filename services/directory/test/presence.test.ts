import { PRESENCE_MS } from '@secure-chat/wire/limits';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPresence } from '../src/presence.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createWatched() {
  const changes: string[] = [];
  const presence = createPresence({
    clock: Date.now,
    onChange: (username, online) => void changes.push(`${username} ${online ? 'came' : 'went'}`),
  });
  return { ...presence, changes };
}

describe('presence', () => {
  it('lasts 6 s and ends by itself', () => {
    const { touch, isOnline, changes } = createWatched();
    touch('alice', 'gateway one');
    vi.advanceTimersByTime(PRESENCE_MS - 1);
    expect(isOnline('alice')).toBe(true);
    vi.advanceTimersByTime(1);
    expect(isOnline('alice')).toBe(false);
    expect(changes).toEqual(['alice came', 'alice went']);
  });

  it('that is renewed each second is one coming, and one going 6 s after the last', () => {
    const { touch, isOnline, changes } = createWatched();
    for (let second = 0; second < 60; second += 1) {
      touch('alice', 'gateway one');
      vi.advanceTimersByTime(1_000);
    }
    expect(changes).toEqual(['alice came']);
    vi.advanceTimersByTime(PRESENCE_MS - 1_000);
    expect(isOnline('alice')).toBe(false);
    expect(changes).toEqual(['alice came', 'alice went']);
  });

  it('of each user ends in its own time', () => {
    const { touch, changes } = createWatched();
    touch('alice', 'gateway one');
    vi.advanceTimersByTime(2_000);
    touch('bob', 'gateway one');
    vi.advanceTimersByTime(2_000);
    touch('alice', 'gateway one');
    vi.advanceTimersByTime(4_000);
    expect(changes).toEqual(['alice came', 'bob came', 'bob went']);
    vi.advanceTimersByTime(2_000);
    expect(changes.at(-1)).toBe('alice went');
  });

  it('is over when the last who vouched for it says so, and no earlier', () => {
    const { touch, leave, isOnline, changes } = createWatched();
    touch('alice', 'gateway one');
    touch('alice', 'gateway two');
    touch('alice', 'gateway two');
    leave('alice', 'gateway two');
    leave('alice', 'gateway two');
    leave('bob', 'gateway one');
    expect([isOnline('alice'), changes]).toEqual([true, ['alice came']]);
    leave('alice', 'gateway one');
    expect([isOnline('alice'), changes]).toEqual([false, ['alice came', 'alice went']]);
    touch('alice', 'gateway one');
    vi.advanceTimersByTime(PRESENCE_MS);
    expect(changes.slice(2)).toEqual(['alice came', 'alice went']);
  });

  it('keeps one timer, however many are online, and none once it is closed', () => {
    const { touch, close, changes } = createWatched();
    for (let index = 0; index < 1_000; index += 1) touch(`user-${index}`, 'gateway one');
    expect(vi.getTimerCount()).toBe(1);
    close();
    expect(vi.getTimerCount()).toBe(0);
    expect(changes).toHaveLength(1_000);
  });
});
