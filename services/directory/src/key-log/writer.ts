import { randomUUID } from 'node:crypto';
import type { Events } from '@secure-chat/event-log/events';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Codec, KeyLogRecord } from '@secure-chat/wire/events';
import { foldName, KEY_LOG_TOPIC } from '@secure-chat/wire/names';
import { type Addition, chain, headAfter, recordOf } from './chain.ts';
import type { KeyLogFollower } from './follower.ts';

/** Additions of one turn: a turn of so many takes some 0.3 s, which is what the next one waits. */
export const TURN_MAX = 100;
/** Times that an addition is published. Of two directories that write all the time, each wins every second turn. */
export const TRIES = 10;

/** What is to be added to the log as it is; null for nothing any more. Throws to refuse. */
export type Propose = () => Promise<Addition | null>;

export interface KeyLogWriterOptions {
  readonly events: Pick<Events, 'publish'>;
  readonly codec: Codec<KeyLogRecord>;
  readonly log: Pick<KeyLogFollower, 'head' | 'caughtUp'>;
  readonly clock: () => number;
}

/** Appends to the log. Whoever waits is served in one turn: chained, published at once, and looked for in the tables. */
export interface KeyLogWriter {
  /**
   * Asks what to add, adds it, and asks again, until there is nothing to add: so when this resolves, what was proposed
   * stands in the tables. What one directory proposes is overtaken when another one was faster; it is asked anew for the
   * log as it is then. Proposals of a user come one at a time. Rejects with what `propose` throws; with `unavailable` after
   * too many tries, or at closing; and with what the event log throws.
   */
  add(username: string, propose: Propose): Promise<void>;
  /** Resolves when nothing is being added any more. */
  close(): Promise<void>;
}

interface Waiting {
  readonly user: string;
  readonly propose: Propose;
  tries: number;
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

interface Proposed {
  readonly one: Waiting;
  readonly addition: Addition;
}

export function createKeyLogWriter({ events, codec, log, clock }: KeyLogWriterOptions): KeyLogWriter {
  let waiting: Waiting[] = [];
  let running: Promise<void> | null = null;
  let closed = false;

  const unavailable = (cause: unknown) => new AppError('unavailable', { cause });

  async function run(): Promise<void> {
    while (waiting.length > 0 && !closed) await turn();
    for (const { reject } of waiting.splice(0)) reject(unavailable('the key log is closing'));
    running = null;
  }

  async function turn(): Promise<void> {
    // Before anything is proposed: if the log grows meanwhile, what is chained here is overtaken, and asked for anew.
    let head = log.head();
    const proposed = await proposals(take());
    try {
      const values: Uint8Array[] = [];
      for (const { addition } of proposed) {
        const entry = chain(head, addition, clock());
        head = headAfter(entry);
        values.push(await codec.encode(recordOf(entry)));
      }
      // In this order, and with keys of their own: a record that took another's place would come after its followers.
      const published = await Promise.allSettled(
        values.map((value) => events.publish(KEY_LOG_TOPIC, randomUUID(), value)),
      );
      if (values.length > 0) await log.caughtUp();
      const again = proposed.filter(({ one }, index) => {
        const outcome = published[index];
        if (outcome?.status === 'rejected') one.reject(outcome.reason);
        return outcome?.status === 'fulfilled';
      });
      waiting = [...again.map(({ one }) => one), ...waiting];
    } catch (error) {
      for (const { one } of proposed) one.reject(closed ? unavailable(error) : error);
    }
  }

  /** The first that wait, one of each user. */
  function take(): Waiting[] {
    const users = new Set<string>();
    const taken = waiting.filter(({ user }) => {
      if (users.size === TURN_MAX || users.has(user)) return false;
      users.add(user);
      return true;
    });
    const gone = new Set(taken);
    waiting = waiting.filter((one) => !gone.has(one));
    return taken;
  }

  async function proposals(asked: readonly Waiting[]): Promise<Proposed[]> {
    const proposed: Proposed[] = [];
    for (const one of asked) {
      try {
        const addition = await one.propose();
        if (addition === null) {
          one.resolve();
          continue;
        }
        if (one.tries === TRIES) throw unavailable('other entries were always faster');
        one.tries += 1;
        proposed.push({ one, addition });
      } catch (error) {
        one.reject(error);
      }
    }
    return proposed;
  }

  return {
    add(username, propose) {
      if (closed) return Promise.reject(unavailable('the key log is closed'));
      return new Promise((resolve, reject) => {
        waiting.push({ user: foldName(username), propose, tries: 0, resolve, reject });
        running ??= run();
      });
    },
    async close() {
      closed = true;
      await running;
    },
  };
}
