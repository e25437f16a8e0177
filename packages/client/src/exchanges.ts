import type { ExchangeRefusal } from '@secure-chat/crypto/e2ee/key-exchange';
import type { Received } from './bodies.ts';
import type { Identities } from './identities.ts';
import { createTurns } from './in-turn.ts';
import type { Inbox } from './inbox.ts';
import type { KeyLog } from './key-log.ts';
import type { Profile } from './profile/profile.ts';
import type { Ratchets } from './ratchets.ts';
import { ofOnePart } from './transport-error.ts';

/** Senders that are looked up in one round, a request each: presence, which lasts 6 s, is renewed in between. */
const LOOKUPS_PER_ROUND = 16;
/** Milliseconds before the same sender is looked up again, where the server could not say. */
const LOOK_AGAIN_MS = 60_000;

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
  keyLog: KeyLog;
  now: () => number;
}): Exchanges {
  const { profile, identities, ratchets, inbox, keyLog, now } = options;
  const { contacts, peers, waitingExchanges } = profile;
  const lookedUp = new Map<number, number>();
  const inTurn = createTurns();
  type Waiting = ReturnType<typeof waitingExchanges.all>[number];

  const isOpen = (contact: number): boolean => !peers.get(contact) || Boolean(peers.get(contact)?.changed);

  const isResting = (contact: number): boolean =>
    now() - (lookedUp.get(contact) ?? Number.NEGATIVE_INFINITY) < LOOK_AGAIN_MS;

  /** False when the server cannot say, or contradicts itself: what waits may wait for one that can. */
  async function ask(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      ofOnePart(error);
      return false;
    }
  }

  function attempt({ id, contact, encryptedKey }: Waiting): Received | ExchangeRefusal {
    return profile.transaction(() => {
      const refused = ratchets.answer(contact, encryptedKey);
      if (refused) return refused;
      waitingExchanges.remove(id);
      return inbox.retry(contact);
    });
  }

  async function answerWaiting(onReceived: (received: Received) => void): Promise<void> {
    const strange: Waiting[] = [];
    for (const waiting of waitingExchanges.all()) {
      const outcome = attempt(waiting);
      if (typeof outcome !== 'string') onReceived(outcome);
      else if (outcome !== 'unknown identity') waitingExchanges.remove(waiting.id);
      else if (!peers.get(waiting.contact)?.changed && !isResting(waiting.contact)) strange.push(waiting);
    }
    if (strange.length === 0 || !(await ask(() => keyLog.follow(true)))) return;
    const senders = new Set<number>();
    for (const waiting of strange) {
      const { id, contact } = waiting;
      // A client publishes its bundle before it starts an exchange.
      const isNobody = keyLog.bundle(contacts.get(contact).username) === null;
      if (!isNobody && !senders.has(contact)) {
        if (senders.size >= LOOKUPS_PER_ROUND) continue;
        senders.add(contact);
        if (!(await ask(() => identities.lookUp(contact)))) lookedUp.set(contact, now());
      }
      // Nothing can be said of it yet.
      if (isResting(contact)) continue;
      const outcome = attempt(waiting);
      if (typeof outcome !== 'string') onReceived(outcome);
      // Of an identity that is not known yet, or not accepted, it waits for that; of any other it is a forgery.
      else if (isNobody || outcome !== 'unknown identity' || !isOpen(contact)) waitingExchanges.remove(id);
    }
  }

  return {
    // The stream and the loop both ask for it.
    answer: (onReceived) => inTurn(() => answerWaiting(onReceived)),
  };
}
