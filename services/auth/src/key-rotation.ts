import { setTimeout as sleep } from 'node:timers/promises';
import { IDENTITY_MS } from '@secure-chat/service-kit/internal-identity';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Keys, keyId, newKey, type ServiceKeys } from '@secure-chat/service-kit/service-keys';
import type { Resealed } from './resealed.ts';

export interface RotationState {
  /** `failed`: what is done is done, and the next `start`, here or in the next process, goes on. */
  readonly phase: 'idle' | 'sealing' | 'waiting' | 'done' | 'failed';
  /** Id of the newest key. */
  readonly keyId: string;
  /** Sealed anew by this rotation, in this process. */
  readonly accounts: number;
  readonly sessions: number;
  /** Under no key that there is. */
  readonly unreadable: number;
  /** Keys besides the newest that there still are: when it is done, an operator's own, who may take them out. */
  readonly olderKeys: number;
}

/** New service keys in the place of old ones, while everybody stays logged in. */
export interface KeyRotation {
  /**
   * Puts a new key in front where there is one alone; then, and where there are several, seals everything under the newest in
   * the background, and takes the others out. Where one is under way it goes on. Says why not as a sentence, else null.
   */
  start(): string | null;
  /** Goes on with what an earlier process began with `service.key`. */
  resume(): void;
  state(): RotationState;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  /** Stops behind the batch that is under way. */
  close(): Promise<void>;
}

/** Seals anew what is not under the newest key, in batches, each of which it tells; rejects when it is aborted. */
export type Reseal = (onBatch: (batch: Resealed) => void, signal: AbortSignal) => Promise<void>;

export interface KeyRotationParts {
  readonly serviceKeys: ServiceKeys;
  readonly accounts: Reseal;
  readonly sessions: Reseal;
  readonly logger: Logger;
  /** Waits so many milliseconds; rejects at once when aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<unknown>;
}

const NOTHING = { accounts: 0, sessions: 0, unreadable: 0 };

export function createKeyRotation(parts: KeyRotationParts): KeyRotation {
  const { serviceKeys, logger, wait = (ms, signal) => sleep(ms, undefined, { signal }) } = parts;
  const closing = new AbortController();
  let phase: RotationState['phase'] = 'idle';
  let counts = NOTHING;
  let work: Promise<void> = Promise.resolve();

  const state = (): RotationState => {
    const keys = serviceKeys.all();
    return { phase, keyId: keyId(keys[0]), ...counts, olderKeys: keys.length - 1 };
  };
  const count =
    (what: 'accounts' | 'sessions') =>
    ({ resealed, unreadable }: Resealed): void => {
      counts = {
        ...counts,
        [what]: counts[what] + resealed,
        unreadable: counts.unreadable + unreadable,
      };
    };

  const rotate = async (): Promise<void> => {
    phase = 'sealing';
    counts = NOTHING;
    logger.info(state(), 'a rotation of the service keys has begun');
    await parts.accounts(count('accounts'), closing.signal);
    await parts.sessions(count('sessions'), closing.signal);
    if (serviceKeys.replace) {
      phase = 'waiting';
      // What a gateway signed under an older key holds for so long.
      await wait(IDENTITY_MS, closing.signal);
      serviceKeys.replace([serviceKeys.all()[0]]);
    }
    phase = 'done';
    const remaining = state();
    if (remaining.unreadable > 0) logger.warn(remaining, 'what no service key opens stays as it is');
    logger.info(remaining, 'all is sealed under the newest service key');
  };
  const begin = (): void => {
    work = rotate().catch((error: unknown) => {
      phase = 'failed';
      if (!closing.signal.aborted) logger.error({ err: error }, 'a rotation of the service keys has stopped');
    });
  };

  return {
    start() {
      if (phase === 'sealing' || phase === 'waiting') return null;
      const keys: Keys = serviceKeys.all();
      if (keys.length === 1) {
        if (!serviceKeys.replace) return refusal(serviceKeys.source);
        serviceKeys.replace([newKey(keys), ...keys]);
      }
      begin();
      return null;
    },
    resume() {
      if (serviceKeys.replace && serviceKeys.all().length > 1) begin();
    },
    state,
    settled: () => work,
    async close() {
      closing.abort();
      await work;
    },
  };
}

const refusal = (source: string): string =>
  `The service key is in ${source}, which is yours to change and holds one key. Put a new one in front of it there, and call this again.`;
