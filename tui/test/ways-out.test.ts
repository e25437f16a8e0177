import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { LEAVE_MS, restoreOnEveryWayOut } from '../src/terminal/ways-out.ts';
import { createFakeTty, RESTORED } from './screen.ts';

const setUp = (leave: () => Promise<void> = async () => {}) => {
  const tty = createFakeTty();
  const log: string[] = [];
  const events = new EventEmitter();
  const process = Object.assign(events, {
    pid: 4711,
    kill: (pid: number, signal: string) => {
      const restored = RESTORED.test(tty.written()) ? 'restored, then ' : '';
      log.push(`${restored}kill ${pid} ${signal}, ${events.listenerCount('SIGTSTP')} handlers`);
    },
    exit: (code: number) => {
      log.push(`exit ${code}`);
    },
  });
  const stderr = {
    write: (text: string) => {
      log.push(`${RESTORED.test(tty.written()) ? 'restored, then ' : ''}stderr ${text.split('\n')[0]}`);
    },
  };
  const { suspend, undo } = restoreOnEveryWayOut(tty.terminal, {
    process,
    stderr,
    log: () => '/state/crash.log',
    leave: () => {
      log.push('leave');
      return leave();
    },
  });
  return { tty, log, process, suspend, undo };
};

afterEach(() => {
  vi.useRealTimers();
});

describe('ways out', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s gives the terminal back, leaves once, and exits with %i', async (signal, code) => {
    const { tty, log, process } = setUp();
    process.emit(signal);
    expect(tty.written()).toMatch(RESTORED);
    expect(tty.raw).toEqual([true, false]);
    process.emit(signal);
    await vi.waitFor(() => expect(log).toEqual(['leave', `exit ${code}`]));
  });

  it.each([
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ])(
    '%s is not ours while another program has the terminal, nor when it comes late',
    async (signal, code) => {
      const clock = vi.spyOn(performance, 'now').mockReturnValue(5_000);
      onTestFinished(() => clock.mockRestore());
      const { tty, log, process } = setUp();
      const takeBack = tty.terminal.lend();
      process.emit(signal);
      takeBack();
      clock.mockReturnValue(5_999);
      process.emit(signal);
      expect(log).toEqual([]);
      clock.mockReturnValue(6_000);
      process.emit(signal);
      await vi.waitFor(() => expect(log).toEqual(['leave', `exit ${code}`]));
    },
  );

  it('exits when leaving fails, and when it takes too long', async () => {
    const failing = setUp(() => Promise.reject(new Error('no network')));
    failing.process.emit('SIGTERM');
    await vi.waitFor(() => expect(failing.log).toEqual(['leave', 'exit 143']));
    vi.useFakeTimers();
    const hanging = setUp(() => new Promise(() => {}));
    hanging.process.emit('SIGTERM');
    vi.advanceTimersByTime(LEAVE_MS);
    expect(hanging.log).toEqual(['leave', 'exit 143']);
  });

  it.each(['uncaughtException', 'unhandledRejection'])(
    '%s: restored first, then said why, then exit 1',
    (event) => {
      const { log, process } = setUp();
      process.emit(event, new TypeError('broken'));
      expect(log).toEqual([
        'restored, then stderr TypeError: broken',
        expect.stringContaining('stands in /state/crash.log'),
        'exit 1',
      ]);
    },
  );

  it('any other exit gives the terminal back', () => {
    const { tty, process } = setUp();
    process.emit('exit', 0);
    expect(tty.written()).toMatch(RESTORED);
  });

  it('a terminal that hung up ends the process, once', async () => {
    const { tty, log } = setUp();
    tty.input.emit('error', Object.assign(new Error('read EIO'), { code: 'EIO' }));
    tty.output.emit('error', Object.assign(new Error('write EIO'), { code: 'EIO' }));
    await vi.waitFor(() => expect(log).toEqual(['leave', 'exit 129']));
  });

  it.each([
    ['SIGTSTP', 4711],
    ['Ctrl-Z', 0],
  ])('%s gives the terminal back, stops as any program does, and takes it again', async (way, pid) => {
    const { tty, log, process, suspend } = setUp();
    if (way === 'Ctrl-Z') suspend();
    else process.emit('SIGTSTP');
    expect(log).toEqual([`restored, then kill ${pid} SIGTSTP, 0 handlers`]);
    expect(tty.raw).toEqual([true, false]);
    process.emit('SIGCONT');
    expect(tty.raw).toEqual([true, false, true]);
    await vi.waitFor(() => expect(process.listenerCount('SIGTSTP')).toBe(1));
    tty.terminal.close();
  });

  it('takes its handlers away when asked', () => {
    const { tty, process, undo } = setUp();
    undo();
    expect(process.eventNames()).toEqual([]);
    tty.terminal.close();
  });
});
