import { LISTING_MAX } from '@secure-chat/crypto/e2ee/body';
import { isEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import type { Outbox } from './outbox.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { Ratchets } from './ratchets.ts';

/** Milliseconds between a repair and the next one, doubled with each that brought nothing, up to a day. */
export const REPAIR_MS = 60_000;
export const REPAIR_MAX_MS = 24 * 60 * 60_000;

/**
 * Milliseconds after which a message that was asked for is not asked for again: its sender has deleted it, say. One that was
 * never asked for, since this client did not run, still is.
 */
export const ASK_MS = 14 * 24 * 60 * 60_000;

/**
 * Mends what is broken with a contact: messages that cannot be read, though no exchange waits that could make them readable.
 * New keys are made, and the contact's client is asked for the messages again.
 */
export function createRepairs(options: {
  profile: Profile;
  ratchets: Ratchets;
  outbox: Outbox;
  now: () => number;
}): { repair(): StoredMessage[] } {
  const { profile, ratchets, outbox, now } = options;
  const { contacts, history, peers, undecryptable, waitingExchanges } = profile;

  function repair(contact: number): StoredMessage[] {
    const peer = peers.get(contact);
    if (!contacts.get(contact).accepted) return [];
    if (!peer || peer.changed || waitingExchanges.has(contact)) return [];
    if (now() - peer.repairedAt < Math.min(REPAIR_MS * 2 ** peer.repairs, REPAIR_MAX_MS)) return [];
    const lost = undecryptable
      .of(contact, LISTING_MAX)
      .filter(
        ({ id, message, asked }) => isEnvelope(message) && (!asked || now() - history.get(id).at < ASK_MS),
      );
    const of = lost.flatMap(({ wireId }) => wireId ?? []);
    if (of.length === 0) return [];
    ratchets.renew(contact);
    peers.put(contact, { ...peer, repairs: peer.repairs + 1, repairedAt: now() });
    for (const { id, ...entry } of lost) undecryptable.put(id, contact, { ...entry, asked: true });
    return [outbox.tell(contact, { kind: 'lost', of }, noteOf(contacts.get(contact).username, of.length))];
  }

  return { repair: () => profile.transaction(() => undecryptable.contacts().flatMap(repair)) };
}

const noteOf = (username: string, count: number): string =>
  count === 1
    ? `A message could not be read. New keys were made, and ${username}'s client was asked for it again.`
    : `${count} messages could not be read. New keys were made, and ${username}'s client was asked for them again.`;
