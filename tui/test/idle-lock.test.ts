import { describe, expect, it, vi } from 'vitest';
import { createIdleLock } from '../src/app/idle-lock.ts';
import { createFakeClock } from './fake-clock.ts';

const MINUTE = 60_000;

const locking = (afterMs = 15 * MINUTE) => {
  const clock = createFakeClock();
  const onIdle = vi.fn();
  const lock = createIdleLock({ clock, afterMs, onIdle });
  return { clock, onIdle, lock };
};

describe('idle lock', () => {
  it('says once that nobody has touched a key', () => {
    const { clock, onIdle, lock } = locking();
    lock.start();
    clock.advance(15 * MINUTE - 1);
    expect(onIdle).not.toHaveBeenCalled();
    clock.advance(1);
    expect(onIdle).toHaveBeenCalledOnce();
    clock.advance(60 * MINUTE);
    lock.touch();
    expect(onIdle).toHaveBeenCalledOnce();
    expect(clock.pending()).toBe(0);
  });

  it('counts from the last key', () => {
    const { clock, onIdle, lock } = locking();
    lock.start();
    for (let minute = 0; minute < 60; minute += 10) {
      clock.advance(10 * MINUTE);
      lock.touch();
    }
    expect(onIdle).not.toHaveBeenCalled();
    clock.advance(15 * MINUTE);
    expect(onIdle).toHaveBeenCalledOnce();
  });

  it('takes the first key after a sleep of the machine, in which timers stood still, for that of a stranger', () => {
    const { clock, onIdle, lock } = locking();
    lock.start();
    clock.sleep(8 * 60 * MINUTE);
    expect(onIdle).not.toHaveBeenCalled();
    lock.touch();
    expect(onIdle).toHaveBeenCalledOnce();
  });

  it('notices without a key within 10 seconds that the machine slept', () => {
    const { clock, onIdle, lock } = locking();
    lock.start();
    clock.sleep(8 * 60 * MINUTE);
    clock.advance(10_000);
    expect(onIdle).toHaveBeenCalledOnce();
  });

  it('says nothing before it was started, after it was stopped, and never for 0', () => {
    const { clock, onIdle, lock } = locking();
    lock.touch();
    lock.start();
    lock.stop();
    const never = locking(0);
    never.lock.start();
    for (const each of [clock, never.clock]) each.advance(100 * MINUTE);
    expect([onIdle.mock.calls, never.onIdle.mock.calls]).toEqual([[], []]);
    expect(never.clock.pending()).toBe(0);
  });
});
