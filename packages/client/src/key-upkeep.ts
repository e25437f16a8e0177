import type { Identities } from './identities.ts';
import type { KeyLog } from './key-log.ts';
import type { OwnBundles } from './own-bundle.ts';
import type { Profile } from './profile/profile.ts';
import type { Ratchets } from './ratchets.ts';
import { ofOnePart, type TransportError } from './transport-error.ts';

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
  onWarning: () => void;
}): KeyUpkeep {
  const { profile, keyLog, bundles, identities, ratchets, now, upkeepMs, onWarning } = options;
  let keptAt = Number.NEGATIVE_INFINITY;

  async function publish(): Promise<void> {
    await bundles.publish();
  }

  /** What only keys are concerned by waits for the next time: messages go on. */
  async function aside(work: () => Promise<void>): Promise<void> {
    await work().catch((cause: unknown) => {
      const error = ofOnePart(cause);
      if (error.failure === 'refused' && profile.warnings.add(refused(error))) onWarning();
    });
  }

  return {
    async prepare() {
      if (profile.ownKeys.bundles().length === 0) await aside(publish);
    },
    async keep() {
      if (now() - keptAt < upkeepMs) return;
      await aside(async () => void (await keyLog.follow(true)));
      await aside(publish);
      await aside(identities.lookUpChanged);
      if (profile.transaction(ratchets.tidy)) profile.sweep();
      keptAt = now();
    },
    publish,
  };
}

const refused = ({ message }: TransportError): string =>
  `The server refuses what keeps your keys up to date: ${message} Others may not be able to write to you.`;
