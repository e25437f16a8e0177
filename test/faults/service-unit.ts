import { type Ending, howOf, type ServiceProcess, startServiceProcess } from '../contract/service-process.ts';
import { TOLD } from './misbehaved.ts';
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

/** Times that it is tried to bring one back: one that was to end itself may do so at its start. */
const TRIES = 3;
/** In milliseconds: bounds, not expectations. */
const LIMITS = {
  /** One start. A service waits 60 s for an event log that is away. */
  readyMs: 120_000,
  /** From SIGTERM to the end. The product gives itself 4.5 s. */
  drainedMs: 30_000,
};

interface Running {
  readonly process: ServiceProcess;
  /** It ends itself at its step. */
  readonly isArmed: boolean;
  isPaused: boolean;
  /** Its end is of our doing, and it stays down until it is started. */
  isDoomed: boolean;
}

/** One process of the product. When it ends by itself, or at its step, it is started again at once. */
export function createServiceUnit(options: ServiceOptions, limits = LIMITS): Unit {
  const { name, program, environment, dying, tell } = options;
  let running: Running | null = null;
  /** A start that is under way. */
  let busy: Promise<void> | null = null;

  function begin(work: () => Promise<Running>): void {
    busy = work()
      .then((started) => {
        running = started;
      }, tellOfStart)
      .finally(() => {
        busy = null;
        const started = running;
        void started?.process.gone.then((how) => ended(started, how));
      });
  }

  const tellOfStart = (error: unknown): void => tell(`${name} ${TOLD.notStarted}${reasonOf(error)}`);

  /** Resolves when one that was to end has. */
  async function untilGone({ process }: Running): Promise<void> {
    const late = setTimeout(() => {
      tell(`${name} ${TOLD.notEnded}${limits.drainedMs} ms after SIGTERM it was still there`);
      void process.kill();
    }, limits.drainedMs);
    await process.gone;
    clearTimeout(late);
  }

  async function launch(file: string, more: Record<string, string> = {}): Promise<Running> {
    const process = await startServiceProcess(file, { ...environment, ...more }, tell, limits.readyMs);
    return { process, isArmed: file !== program, isPaused: false, isDoomed: false };
  }

  function ended(service: Running, how: Ending): void {
    if (running !== service) return;
    running = null;
    if (service.isDoomed) return;
    if (!service.isArmed || howOf(how) !== AT_ITS_STEP) tell(`${name} ${TOLD.ended}${howOf(how)}`);
    begin(() => launch(program));
  }

  return {
    name,
    faults: ['kill', 'pause', 'drain'],
    steps: dying?.steps ?? [],
    suffer(fault) {
      if (!running || running.isPaused || running.isDoomed) return false;
      running.isPaused = fault === 'pause';
      running.isDoomed = fault !== 'pause';
      running.process.signal(SIGNALS[fault]);
      return true;
    },
    arm(step, after) {
      const before = running;
      if (!before || !dying) return false;
      running = null;
      begin(async () => {
        await before.process.kill();
        const more = { ...dying.environment, DIES_AT: step, DIES_AFTER: String(after) };
        return launch(dying.program, more).catch((error: unknown) => {
          // It may get to its step before it is ready.
          if (!reasonOf(error).endsWith(AT_ITS_STEP)) tellOfStart(error);
          return launch(program);
        });
      });
      return true;
    },
    start() {
      const before = running;
      if (before?.isPaused) before.process.signal('SIGCONT');
      if (before) before.isPaused = false;
      if (busy || (before && !before.isDoomed)) return;
      running = null;
      begin(async () => {
        if (before) await untilGone(before);
        return launch(program);
      });
    },
    async restore() {
      for (let tries = 0; tries < TRIES; tries += 1) {
        this.start();
        while (busy) await busy;
        if (running && !running.isArmed) return;
        await this.end();
      }
      throw new Error(`${name} does not come back`);
    },
    async end() {
      while (busy) await busy;
      const last = running;
      running = null;
      await last?.process.kill();
    },
  };
}

const AT_ITS_STEP = howOf({ code: null, signal: 'SIGKILL' });
const SIGNALS = { kill: 'SIGKILL', drain: 'SIGTERM', pause: 'SIGSTOP' } as const;

/** Of a start that failed, without what the service said: that was told line by line. */
const reasonOf = (error: unknown): string =>
  error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
