import type { Identities } from './identities.ts';
import type { KeyLog } from './key-log.ts';
import type { OwnBundles } from './own-bundle.ts';
import type { Profile } from './profile/profile.ts';
import type { Ratchets } from './ratchets.ts';
import { TransportError } from './transport-error.ts';

/** What keys need from time to time. */
export interface KeyUpkeep {
  /** Own keys, where there are none yet. Throws TransportError. */
  prepare(): Promise<void>;
  /** When it is time again: reads the key log, looks up who has changed, publishes and deletes what is due. Throws TransportError. */
  keep(): Promise<void>;
  /** Publishes what is due at once. Throws TransportError. */
  publish(): Promise<void>;
}

export function createKeyUpkeep(options: {
  profile: Profile;
  keyLog: KeyLog;
  bundles: OwnBundles;
  identities: Identities;
  ratchets: Ratchets;
  now: () => number;
  upkeepMs: number;
}): KeyUpkeep {
  const { profile, keyLog, bundles, identities, ratchets, now, upkeepMs } = options;
  let keptAt = Number.NEGATIVE_INFINITY;

  async function publish(): Promise<void> {
    await bundles.publish();
  }

  /** A server that has enough of bundles for now is asked again at the next time; all else works without. */
  async function tryToPublish(): Promise<void> {
    await publish().catch((error: unknown) => {
      if (!(error instanceof TransportError && error.failure === 'busy')) throw error;
    });
  }

  return {
    async prepare() {
      if (profile.ownKeys.bundles().length === 0) await tryToPublish();
    },
    async keep() {
      if (now() - keptAt < upkeepMs) return;
      await keyLog.follow(true);
      await tryToPublish();
      await identities.lookUpChanged();
      if (profile.transaction(ratchets.tidy)) profile.sweep();
      keptAt = now();
    },
    publish,
  };
}
