import type { Broker } from '../../tools/kafka/cluster.ts';
import type { Unit } from './unit.ts';

/** A broker of the event log. */
export function createBrokerUnit(broker: Broker, tell: (what: string) => void): Unit {
  const name = `broker ${broker.id}`;
  let isPaused = false;
  let isDown = false;
  /** A start that is under way. */
  let busy: Promise<void> | null = null;

  function watch(): void {
    void broker.ended().then(() => {
      if (!isDown) tell(`${name} is gone`);
      isDown = true;
    });
  }
  watch();

  async function restart(): Promise<void> {
    await broker.restart();
    isDown = false;
    watch();
  }

  return {
    name,
    faults: ['kill', 'pause', 'drain'],
    steps: [],
    suffer(fault) {
      if (isDown || isPaused) return false;
      isPaused = fault === 'pause';
      isDown = fault !== 'pause';
      if (fault === 'pause') broker.pause();
      else void (fault === 'kill' ? broker.kill() : broker.stop());
      return true;
    },
    arm: () => false,
    start() {
      if (isPaused) broker.resume();
      isPaused = false;
      if (!isDown) return;
      busy ??= restart()
        .catch((error: unknown) => tell(`${name} did not start: ${String(error)}`))
        .finally(() => {
          busy = null;
        });
    },
    async restore() {
      this.start();
      await busy;
      if (isDown) throw new Error(`${name} does not come back`);
    },
    async end() {
      await busy;
    },
  };
}
