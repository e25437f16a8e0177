import { ClientError } from './client-error.ts';
import type { Identities } from './identities.ts';
import type { Profile } from './profile/profile.ts';
import type { Exchange } from './profile/symmetric-keys.ts';
import type { Envelope } from './profile/waiting.ts';
import type { Ratchets } from './ratchets.ts';
import { isUsableKey } from './recipient-key.ts';
import { getPublicKey, postKeyExchange, postMessage } from './requests.ts';
import type { Session } from './session.ts';
import { waitOf } from './time-span.ts';
import { concernsAll, RETRY_AFTER_MAX_MS, TransportError, toClientError } from './transport-error.ts';

/** Milliseconds before a contact is tried again that could not be served, where the server does not ask for more. */
const REST_MS = 1_000;

/** A record on its way to a contact: the same bytes at every attempt. */
export interface Outgoing {
  readonly contact: number;
  /** What is kept of it; null when it was deleted meanwhile. */
  get(): { wireId: string; envelope: Envelope | null } | null;
  /** Makes the bytes and keeps them. Null when there is nothing to send. Called within a transaction. */
  encrypt(underV2: boolean): Envelope | null;
  /** The server's log has it: null. Or it never will, a sentence. */
  settle(failure: string | null): void;
}

/** The way of one record to the server's log, with its keys before it. */
export interface Delivery {
  /** Whether nothing is sent to the contact now: it could not be served a moment ago, or its identity has changed. */
  rests(contact: number): boolean;
  /** What keeps the next message to the contact waiting, by the server's word: a sentence, null for nothing. */
  waitsFor(contact: number): string | null;
  /** One attempt. Throws TransportError when the server cannot be used; what concerns one contact lets that one rest. */
  attempt(outgoing: Outgoing): Promise<void>;
  stop(): void;
}

export function createDelivery(options: {
  profile: Profile;
  identities: Identities;
  ratchets: Ratchets;
  session: Session;
  now: () => number;
  /** A contact may be tried again. */
  onRested: () => void;
  /** What `waitsFor` says of the contact is something else now. */
  onWaiting: (contact: number) => void;
}): Delivery {
  const { profile, identities, ratchets, session, now, onRested, onWaiting } = options;
  const { contacts, peers, symmetricKeys } = profile;
  const restsUntil = new Map<number, number>();
  const timers = new Map<number, NodeJS.Timeout>();
  const reasons = new Map<number, string>();

  /** The bytes to send, made at the first attempt. Null when there is nothing to send, or it is not to be sent now. */
  async function bytesOf(outgoing: Outgoing): Promise<{ wireId: string; envelope: Envelope } | null> {
    const { contact, get } = outgoing;
    const stored = get();
    if (stored?.envelope && isOfUse(stored.envelope, contact))
      return { wireId: stored.wireId, envelope: stored.envelope };
    const envelope = await makeEnvelope(outgoing);
    const kept = get();
    return envelope && kept && { wireId: kept.wireId, envelope };
  }

  async function makeEnvelope({ contact, encrypt }: Outgoing): Promise<Envelope | null> {
    const peer = ratchets.current(contact) ? peers.get(contact) : await identities.lookUp(contact);
    if (peer?.changed) return null;
    if (!peer && contacts.get(contact).sendKey === null) await fetchPublicKey(contact);
    try {
      return profile.transaction(() => encrypt(peer !== null));
    } catch (cause) {
      if (cause instanceof ClientError) throw cause;
      throw new ClientError('refused', 'The message could not be encrypted. Write it again.', { cause });
    }
  }

  /** What was encrypted under v1 before the contact was seen under v2 is encrypted anew, and so is what has no ratchet. */
  const isOfUse = (envelope: Envelope, contact: number): boolean =>
    'ratchet' in envelope ? profile.ratchets.get(envelope.ratchet) !== null : !peers.get(contact);

  /** Keeps a key that can be used, and no other: the server may have a better one next time. */
  async function fetchPublicKey(contact: number): Promise<void> {
    const known = contacts.publicKey(contact);
    if (known !== null && isUsableKey(known)) return;
    const answer = await session.request(getPublicKey(contacts.get(contact).username));
    if (isUsableKey(answer['public-key'])) contacts.setPublicKey(contact, answer['public-key']);
  }

  /** The contact has the key before any message under it. */
  async function announce(username: string, envelope: Envelope): Promise<void> {
    const told =
      'ratchet' in envelope
        ? profile.ratchets.get(envelope.ratchet)?.announcement
        : toldAs(symmetricKeys.get(envelope.key).exchange);
    if (!told || told.acknowledged) return;
    await session.request(postKeyExchange(username, { id: told.wireId, encrypted_key: told.encryptedKey }));
    if ('ratchet' in envelope) ratchets.acknowledge(envelope.ratchet);
    else symmetricKeys.acknowledge(envelope.key);
  }

  async function send(outgoing: Outgoing): Promise<void> {
    const { username } = contacts.get(outgoing.contact);
    const kept = await bytesOf(outgoing);
    if (!kept) return;
    await announce(username, kept.envelope);
    await session.request(postMessage(username, { id: kept.wireId, message: kept.envelope.message }));
    outgoing.settle(null);
  }

  function rest(contact: number, ms: number): void {
    restsUntil.set(contact, now() + ms);
    clearTimeout(timers.get(contact));
    const timer = setTimeout(() => {
      // It may ring a little before the clock is there: then nothing would ring again.
      restsUntil.delete(contact);
      onRested();
    }, ms);
    timers.set(contact, timer.unref());
  }

  /** Until the next attempt: what was said last stays. */
  function explain(contact: number, reason: string | null): void {
    if ((reasons.get(contact) ?? null) === reason) return;
    reasons.delete(contact);
    if (reason !== null) reasons.set(contact, reason);
    onWaiting(contact);
  }

  /** Whether the server knows nobody of the name any more whom it knew before. */
  const isGone = (error: unknown, contact: number): boolean =>
    error instanceof TransportError &&
    error.code === 'unknown_user' &&
    (peers.get(contact) !== null || contacts.publicKey(contact) !== null);

  return {
    waitsFor: (contact) => reasons.get(contact) ?? null,
    rests: (contact) => (restsUntil.get(contact) ?? 0) > now() || Boolean(peers.get(contact)?.changed),
    async attempt(outgoing) {
      const { contact, settle } = outgoing;
      try {
        await send(outgoing).catch((error: unknown) => {
          const failure = isGone(error, contact) ? gone(contacts.get(contact).username) : finalFailure(error);
          if (failure === null) throw error;
          settle(failure);
        });
        restsUntil.delete(contact);
        explain(contact, null);
      } catch (error) {
        if (concernsAll(error) || error instanceof ClientError) throw error;
        const asked = error instanceof TransportError ? error.retryAfterMs : null;
        const ms = Math.min(asked ?? REST_MS, RETRY_AFTER_MAX_MS);
        rest(contact, ms);
        explain(contact, reasonOf(error, contacts.get(contact).username, ms));
      }
    },
    stop() {
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}

/** What the server has told of why it takes nothing; null for what passes by itself. */
function reasonOf(error: unknown, username: string, ms: number): string | null {
  const code = error instanceof TransportError ? error.code : null;
  const again = `again in ${waitOf(ms)}.`;
  if (code === 'mailbox_full')
    return `The mailbox of ${username} is full, until ${username} reads what is there: ${again}`;
  return code === 'too_many' ? `The server has had too many messages at once: ${again}` : null;
}

const toldAs = (exchange: Exchange | null) => exchange && { ...exchange, wireId: exchange.id };

const gone = (username: string): string =>
  `${username} is on this server no more: the account was deleted. What was written before stays here.`;

/** Why a record will never be delivered, a sentence; null when another attempt may do it. */
function finalFailure(error: unknown): string | null {
  if (error instanceof ClientError) return error.code === 'refused' ? error.message : null;
  // What is not in the server's words is of something in between: a proxy, the page of a hotel.
  const refused = error instanceof TransportError && error.failure === 'refused';
  const told = refused ? toClientError(error) : null;
  return told instanceof ClientError ? told.message : null;
}
