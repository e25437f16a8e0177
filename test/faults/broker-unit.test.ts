import { describe, expect, it, vi } from 'vitest';
import type { Broker } from '../../tools/kafka/cluster.ts';
import { createBrokerUnit } from './broker-unit.ts';

/** A broker without a process. `end` is that of the one that would run. */
function fakeBroker() {
  let end = (): void => undefined;
  let ended = Promise.resolve();
  const begin = (): void => {
    ended = new Promise((resolve) => {
      end = resolve;
    });
  };
  const broker = {
    id: 1,
    host: '',
    port: 0,
    logFile: '',
    pid: () => 0,
    ended: () => ended,
    kill: vi.fn(async () => end()),
    stop: vi.fn(async () => end()),
    pause: vi.fn(),
    resume: vi.fn(),
    restart: vi.fn(async () => begin()),
  } satisfies Broker;
  begin();
  const said: string[] = [];
  const unit = createBrokerUnit(broker, (what) => said.push(what));
  return { broker, unit, said, end: () => end() };
}

describe('a broker that faults are done to', () => {
  it.each(['kill', 'drain'] as const)(
    'is down until it is started, and nothing else happens to it: %s',
    async (fault) => {
      const { broker, unit, said } = fakeBroker();
      expect(unit.suffer(fault)).toBe(true);
      expect(unit.suffer('pause')).toBe(false);
      unit.start();
      expect(unit.suffer('kill')).toBe(false);
      await unit.restore();
      expect(broker.restart).toHaveBeenCalledTimes(1);
      expect(unit.suffer('pause')).toBe(true);
      unit.start();
      expect(broker.resume).toHaveBeenCalledTimes(1);
      expect(said).toEqual([]);
    },
  );

  it('is brought back though nobody ended it', async () => {
    const { broker, unit, said, end } = fakeBroker();
    end();
    await vi.waitFor(() => expect(said).toEqual(['broker 1 is gone']));
    await unit.restore();
    expect(broker.restart).toHaveBeenCalledTimes(1);
  });

  it('does not count as restored when it does not start', async () => {
    const { broker, unit, said } = fakeBroker();
    unit.suffer('kill');
    broker.restart.mockRejectedValue(new Error('no memory'));
    await expect(unit.restore()).rejects.toThrow('broker 1 does not come back');
    expect(said).toEqual(['broker 1 did not start: Error: no memory']);
  });
});
