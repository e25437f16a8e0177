import type { Broker } from '../../tools/kafka/cluster.ts';
import type { Unit } from './unit.ts';

/** A broker of the event log. */
export function createBrokerUnit(broker: Broker, tell: (what: string) => void): Unit {
  const name = `broker ${broker.id}`;
  let state: 'up' | 'paused' | 'down' = 'up';
  /** A start that is under way. */
  let busy: Promise<void> | null = null;
  return {
    name,
    faults: ['kill', 'pause', 'drain'],
    steps: [],
    suffer(fault) {
      if (state !== 'up' || busy) return false;
      if (fault === 'pause') broker.pause();
      else void (fault === 'kill' ? broker.kill() : broker.stop());
      state = fault === 'pause' ? 'paused' : 'down';
      return true;
    },
    arm: () => false,
    start() {
      if (state === 'paused') broker.resume();
      if (state === 'down')
        busy = broker
          .restart()
          .catch((error: unknown) => tell(`${name} did not start: ${String(error)}`))
          .finally(() => {
            busy = null;
          });
      state = 'up';
    },
    async restore() {
      this.start();
      await busy;
    },
    async end() {
      await busy;
    },
  };
}
