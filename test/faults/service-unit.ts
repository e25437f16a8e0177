import { type ServiceProcess, startServiceProcess } from '../contract/service-process.ts';
import type { Unit } from './unit.ts';

/** What runs in the stead of a service, to end itself at a step (`DIES_AT`) the `DIES_AFTER`-th time. */
export interface Dying {
  /** The file of a module. */
  readonly program: string;
  readonly environment: Record<string, string>;
  readonly steps: readonly string[];
}

export interface ServiceOptions {
  readonly name: string;
  /** The file of a module. */
  readonly program: string;
  /** With `PORT`: it comes back where it was. */
  readonly environment: Record<string, string>;
  /** Null when it has no steps. */
  readonly dying: Dying | null;
  /** What happens to it by itself, and all that it says. */
  readonly tell: (what: string) => void;
}

/** Times that it is tried to bring one back: each takes 30 s at most. */
const TRIES = 3;

/** One process of the product. When it ends by itself, or at its step, it is started again at once. */
export function createServiceUnit(options: ServiceOptions): Unit {
  const { name, program, environment, dying, tell } = options;
  let running: ServiceProcess | null = null;
  /** A start that is under way. */
  let busy: Promise<void> | null = null;
  /** `expected`: its end is of our doing, and it stays down until it is started. */
  let state: 'plain' | 'armed' | 'paused' | 'expected' = 'plain';

  function begin(work: () => Promise<void>): void {
    busy = work()
      .catch((error: unknown) => tell(`${name} did not start: ${reasonOf(error)}`))
      .finally(() => {
        busy = null;
        if (running && !running.alive()) ended(running, ['at its start']);
      });
  }

  async function launch(file: string, more: Record<string, string> = {}): Promise<void> {
    const started = await startServiceProcess(file, { ...environment, ...more }, tell);
    running = started;
    void started.gone.then((how) => ended(started, how));
  }

  function ended(service: ServiceProcess, how: readonly unknown[]): void {
    if (running !== service || busy) return;
    running = null;
    if (state === 'expected') return;
    if (state !== 'armed') tell(`${name} ended by itself: ${how.filter((part) => part !== null).join()}`);
    state = 'plain';
    begin(() => launch(program));
  }

  return {
    name,
    faults: ['kill', 'pause', 'drain'],
    steps: dying?.steps ?? [],
    suffer(fault) {
      if (!running || busy || state === 'paused' || state === 'expected') return false;
      state = fault === 'pause' ? 'paused' : 'expected';
      running.signal(SIGNALS[fault]);
      return true;
    },
    arm(step, after) {
      const service = running;
      if (!service || !dying || busy) return false;
      state = 'armed';
      running = null;
      begin(async () => {
        await service.kill();
        const more = { ...dying.environment, DIES_AT: step, DIES_AFTER: String(after) };
        await launch(dying.program, more).catch(() => {
          // It got to its step before it was ready.
          state = 'plain';
          return launch(program);
        });
      });
      return true;
    },
    start() {
      if (state === 'paused') running?.signal('SIGCONT');
      const before = running;
      if (!busy && (!before || state === 'expected'))
        begin(async () => {
          await before?.gone;
          running = null;
          await launch(program);
        });
      if (state !== 'armed') state = 'plain';
    },
    async restore() {
      for (let tries = 0; tries < TRIES; tries += 1) {
        this.start();
        while (busy) await busy;
        if (running && state !== 'armed') return;
        state = 'expected';
        await running?.kill();
      }
      throw new Error(`${name} does not come back`);
    },
    async end() {
      while (busy) await busy;
      state = 'expected';
      await running?.kill();
    },
  };
}

const SIGNALS = { kill: 'SIGKILL', drain: 'SIGTERM', pause: 'SIGSTOP' } as const;

/** Of a start that failed, without what the service said: that was told line by line. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
