import type { ExchangeRefusal } from '@secure-chat/crypto/e2ee/key-exchange';
import type { Received } from './bodies.ts';
import { ClientError } from './client-error.ts';
import type { Identities } from './identities.ts';
import type { Inbox } from './inbox.ts';
import type { Profile } from './profile/profile.ts';
import type { Ratchets } from './ratchets.ts';
import { concernsAll, TransportError } from './transport-error.ts';

/** Exchanges that contacts have started: each waits on the disk until it is answered or refused. */
export interface Exchanges {
  /** Answers those that wait, and hands over what they made readable. Throws TransportError. */
  answer(onReceived: (received: Received) => void): Promise<void>;
}

export function createExchanges(options: {
  profile: Profile;
  identities: Identities;
  ratchets: Ratchets;
  inbox: Inbox;
}): Exchanges {
  const { profile, identities, ratchets, inbox } = options;
  const { peers, waitingExchanges } = profile;
  type Waiting = ReturnType<typeof waitingExchanges.all>[number];

  const isOpen = (contact: number): boolean => !peers.get(contact) || Boolean(peers.get(contact)?.changed);

  /** A server that contradicts itself, or cannot say, changes nothing: what waits may wait for one that can. */
  async function lookUp(contact: number): Promise<void> {
    await identities.lookUp(contact, true).catch((error: unknown) => {
      const wait = error instanceof ClientError || (error instanceof TransportError && !concernsAll(error));
      if (!wait) throw error;
    });
  }

  function attempt({ id, contact, encryptedKey }: Waiting): Received | ExchangeRefusal {
    return profile.transaction(() => {
      const refused = ratchets.answer(contact, encryptedKey);
      if (refused) return refused;
      waitingExchanges.remove(id);
      return inbox.retry(contact);
    });
  }

  return {
    async answer(onReceived) {
      for (const waiting of waitingExchanges.all()) {
        const { id, contact } = waiting;
        let outcome = attempt(waiting);
        if (outcome === 'unknown identity' && !peers.get(contact)?.changed) {
          await lookUp(contact);
          outcome = attempt(waiting);
        }
        if (typeof outcome !== 'string') onReceived(outcome);
        // Of an identity that is not known yet, or not accepted, it waits for that; of any other it is a forgery.
        else if (outcome !== 'unknown identity' || !isOpen(contact)) waitingExchanges.remove(id);
      }
    },
  };
}
