import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectionState } from './chat.ts';
import { ClientError } from './client-error.ts';
import { nextOf, RETRY_AFTER_MAX_MS, TransportError } from './transport-error.ts';

/** The loop that keeps a client and its server in step. */

/** In milliseconds. */
export interface Timing {
  /** Between two rounds where the server has no stream: presence ends after 6 s, and a message should not wait longer. */
  pollMs: number;
  /** Between two rounds beside a stream: by them the server knows that somebody is there. */
  heartbeatMs: number;
  /** Without a byte on the stream after which it counts as lost: the server writes one every 10 s. */
  silenceMs: number;
  /** Between two looks at the list of users beside a stream, which tells of their presence but not of new ones. */
  usersMs: number;
  /** Before a message that did not come counts as missing: another may have overtaken it. */
  missingMs: number;
  /** For which a message waits for a key exchange that it has overtaken. */
  earlyMs: number;
  /** First pause after a failure; doubled at each further one. */
  retryMs: number;
  /** Longest pause: a person sees a server come back within 10 s, and 1,000 clients ask it 100 times a second. */
  retryMaxMs: number;
  /** How long stopping waits for an answer that is on its way, so that what it brings is still stored. */
  graceMs: number;
  /** Between two looks at the key log and at what is due of one's own keys: a key that was slipped in is noticed so soon. */
  upkeepMs: number;
}

export const TIMING: Timing = {
  pollMs: 1_000,
  heartbeatMs: 10_000,
  silenceMs: 25_000,
  usersMs: 60_000,
  missingMs: 3_000,
  earlyMs: 500,
  retryMs: 1_000,
  retryMaxMs: 10_000,
  graceMs: 1_000,
  upkeepMs: 60_000,
};

/** Milliseconds for which a connection has to hold, or its loss counts as one more failure. */
const STEADY_MS = 10_000;

/** The longest that a timer of Node takes, 24 days. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** Milliseconds that a round comes late after which nobody knows whether the server is there: the computer was asleep. */
const LATE_MS = 5_000;

export interface Sync {
  state(): ConnectionState;
  /** Starts the loop; resolves after the first round: to why it failed, or to null. */
  start(): Promise<unknown>;
  /** There is something to deliver: do not wait for the next round. */
  wake(): void;
  /**
   * The connection ended, for this reason if any: the next round makes it anew, after so many milliseconds, or where that is
   * null after the first pause. One that did not hold is made anew later each time.
   */
  reconnect(reason: unknown, afterMs: number | null): void;
  /** Starts no further round; resolves when the one at hand is over, or after the grace. */
  stop(): Promise<void>;
  /** Resolves when the loop is over. */
  ended(): Promise<void>;
}

export function createSync(options: {
  /** One round: whatever is to be asked and told; resolves to the milliseconds until the next one. */
  poll: () => Promise<number>;
  /** A round comes late: what was connected may not be any more. The round begins when that is over. */
  onLate: () => Promise<void>;
  /** Delivers some of what waits; true when more can follow. */
  deliver: () => Promise<boolean>;
  onState: (state: ConnectionState) => void;
  now: () => number;
  timing: Timing;
}): Sync {
  const { poll, deliver, now, timing } = options;
  let state: ConnectionState = { kind: 'connecting' };
  let alarm = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  let woken = false;
  let failures = 0;
  let pollAt = 0;
  /** The connection was lost since the last round began. */
  let lost = false;
  let onlineAt = 0;
  /** Connections one after another that did not hold. */
  let losses = 0;

  function become(next: ConnectionState): void {
    if (stopped || (next.kind === state.kind && next.kind !== 'offline')) return;
    state = next;
    options.onState(state);
  }

  const offline = (error: unknown): ConnectionState => ({
    kind: 'offline',
    retryAt: pollAt,
    reason: reasonOf(error),
    next: error instanceof TransportError ? nextOf(error) : '',
  });

  async function round(): Promise<void> {
    if (now() >= pollAt) {
      const startedAt = now();
      lost = false;
      const pauseMs = await poll();
      if (!lost) pollAt = startedAt + pauseMs;
    }
    if (stopped) return;
    woken = false;
    if (await deliver()) woken = true;
  }

  /** Null, or why the round failed. */
  async function attempt(): Promise<unknown> {
    try {
      await round();
      failures = 0;
      if (!lost && state.kind !== 'online') {
        onlineAt = now();
        become({ kind: 'online' });
      }
      return null;
    } catch (error) {
      pollAt = now() + pauseAfter(error);
      become(offline(error));
      return error;
    }
  }

  /** A pause that is doubled so many times, up to the longest. */
  const longer = (times: number): number => Math.min(timing.retryMs * 2 ** times, timing.retryMaxMs);

  function pauseAfter(error: unknown): number {
    if (error instanceof ClientError && error.code === 'account_deleted') return Number.POSITIVE_INFINITY;
    const ceiling = longer(failures);
    failures += 1;
    const asked = error instanceof TransportError ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(jittered(ceiling), Math.min(asked, RETRY_AFTER_MAX_MS));
  }

  /** Until the next polls, or until there is something to deliver while online. */
  async function pause(): Promise<void> {
    if (stopped || (woken && state.kind === 'online')) return;
    alarm = new AbortController();
    const pauseMs = Math.min(Math.max(0, pollAt - now()), TIMER_MAX_MS);
    await sleep(pauseMs, undefined, { signal: alarm.signal }).catch(() => undefined);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      await pause();
      if (stopped) return;
      const offline = state.kind === 'offline';
      const late = now() - pollAt > LATE_MS;
      if (offline) pollAt = 0;
      // The process may have been stopped, or the computer asleep.
      if (offline || late) become({ kind: 'connecting' });
      if (late && !offline) await options.onLate();
      await attempt();
    }
  }

  return {
    state: () => state,
    async start() {
      const first = attempt();
      running = first.then(run);
      return first;
    },
    wake() {
      woken = true;
      if (state.kind === 'online') alarm.abort();
    },
    reconnect(reason, afterMs) {
      losses = now() - onlineAt < STEADY_MS ? losses + 1 : 0;
      lost = true;
      const least = losses === 0 ? 0 : jittered(longer(losses - 1));
      pollAt = now() + Math.max(afterMs ?? jittered(timing.retryMs), least);
      // A server that went away may be back at once; what failed on this side the person has to know.
      const ours = reason !== null && !(reason instanceof TransportError);
      become(ours ? offline(reason) : { kind: 'connecting' });
      alarm.abort();
    },
    async stop() {
      stopped = true;
      alarm.abort();
      const grace = new AbortController();
      const over = sleep(timing.graceMs, undefined, { signal: grace.signal }).catch(() => undefined);
      await Promise.race([running, over]);
      grace.abort();
    },
    ended: () => running,
  };
}

/** Half of it by chance: clients that lost the same server do not all come back at once. */
const jittered = (ms: number): number => Math.ceil(ms * (0.5 + Math.random() / 2));

function reasonOf(error: unknown): string {
  if (error instanceof TransportError || error instanceof ClientError) return error.message;
  return `Something failed on this side: ${error instanceof Error ? error.message : String(error)}.`;
}
