import type { KnownBody } from '@secure-chat/crypto/e2ee/body';
import { ClientError } from './client-error.ts';
import type { Identities } from './identities.ts';
import type { LegacyConversations } from './legacy-conversations.ts';
import type { Content } from './profile/content.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { Exchange } from './profile/symmetric-keys.ts';
import { anew, type OutboxEntry } from './profile/waiting.ts';
import type { Ratchets } from './ratchets.ts';
import { isUsableKey } from './recipient-key.ts';
import { getPublicKey, postKeyExchange, postMessage } from './requests.ts';
import type { Session } from './session.ts';
import { soundText } from './text-limit.ts';
import { concernsAll, TransportError } from './transport-error.ts';
import { makeWireId } from './wire-id.ts';

/** Messages delivered before the polls have their turn again: 100 ms or so. */
const BATCH = 32;

/** Milliseconds before a contact is tried again that could not be served, and the most that a server may ask for. */
const REST_MS = 1_000;
const REST_MAX_MS = 60_000;

type Envelope = NonNullable<OutboxEntry['envelope']>;

/**
 * Messages on their way out: kept over restarts, in order per contact, the same bytes at every attempt. Those to a contact
 * whose identity has changed stay until the person has accepted it.
 */
export interface Outbox {
  /** Keeps a message to be delivered. Throws ClientError: empty, too_long. */
  write(contact: number, text: string): StoredMessage;
  /** The same, of what is no text: `note` tells of it in the history. Call within a transaction. */
  tell(contact: number, content: Content, note: string): StoredMessage;
  /** Delivers some. True when more can follow at once. Throws TransportError when the server cannot be used. */
  deliver(): Promise<boolean>;
}

export function createOutbox(options: {
  profile: Profile;
  identities: Identities;
  ratchets: Ratchets;
  legacy: LegacyConversations;
  session: Session;
  username: string;
  now: () => number;
  onChange: (message: StoredMessage) => void;
}): Outbox {
  const { profile, identities, ratchets, legacy, session, now } = options;
  const { contacts, history, outbox, peers, symmetricKeys } = profile;
  const restsUntil = new Map<number, number>();
  const rests = (contact: number): boolean =>
    (restsUntil.get(contact) ?? 0) > now() || Boolean(peers.get(contact)?.changed);

  /** The bytes to send, made at the first attempt. Null when there is nothing to send, or it is not to be sent now. */
  async function envelopeOf(message: number, contact: number): Promise<Envelope | null> {
    const stored = outbox.get(message)?.envelope;
    if (stored && isOfUse(stored, contact)) return stored;
    const peer = ratchets.ready(contact) ? peers.get(contact) : await identities.lookUp(contact);
    if (peer?.changed) return null;
    if (!peer && contacts.get(contact).sendKey === null) await fetchPublicKey(contact);
    try {
      return profile.transaction(() => encrypt(message, contact, peer !== null));
    } catch (cause) {
      if (cause instanceof ClientError) throw cause;
      throw new ClientError('refused', 'The message could not be encrypted. Write it again.', { cause });
    }
  }

  /** What was encrypted under v1 before the contact was seen under v2 is encrypted anew, and so is what has no ratchet. */
  const isOfUse = (envelope: Envelope, contact: number): boolean =>
    'ratchet' in envelope ? profile.ratchets.get(envelope.ratchet) !== null : !peers.get(contact);

  /** Null for a message that was deleted meanwhile. */
  function encrypt(message: number, contact: number, underV2: boolean): Envelope | null {
    const found = outbox.get(message);
    if (!found) return null;
    const entry = found.envelope ? anew(found) : found;
    const { records = [], ...stored } = history.get(message);
    const { wireId } = entry;
    const envelope = underV2
      ? ratchets.encrypt(contact, bodyOf(stored, records, entry))
      : legacy.encrypt(contact, stored.text);
    outbox.put(message, contact, { ...entry, envelope });
    const named = { ...stored, records: records.includes(wireId) ? records : [...records, wireId] };
    history.update({ ...named, legacy: !underV2 });
    history.name(named, { kind: 'own', id: wireId });
    return envelope;
  }

  function bodyOf(stored: StoredMessage, records: readonly string[], entry: OutboxEntry): KnownBody {
    const { text, at: sentAt, seconds = 0 } = stored;
    const [id = entry.wireId, ...earlier] = records;
    const common = { id, sentAt, earlier, series: 'AAAAAAAAAAA', number: 1 };
    return entry.content ? { ...entry.content, ...common } : { kind: 'text', text, seconds, ...common };
  }

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

  /** Nothing when the message was deleted meanwhile. */
  function settle(id: number, outcome: Pick<StoredMessage, 'state' | 'failure'>): void {
    const message = profile.transaction(() => {
      if (!outbox.get(id)) return null;
      const known = history.get(id);
      const settled = { ...known, ...(known.state === 'note' ? {} : outcome) };
      history.update(settled);
      outbox.remove(id);
      history.startTimer(id, now());
      return settled;
    });
    if (message) options.onChange(message);
  }

  async function attempt(message: number, contact: number): Promise<void> {
    const { username } = contacts.get(contact);
    const envelope = await envelopeOf(message, contact);
    const entry = outbox.get(message);
    if (!envelope || !entry) return;
    await announce(username, envelope);
    await session.request(postMessage(username, { id: entry.wireId, message: envelope.message }));
    settle(message, { state: 'sent' });
  }

  /** Throws what the whole client has to know. What concerns one contact lets that one rest. */
  async function deliverTo(contact: number, message: number): Promise<void> {
    try {
      await attempt(message, contact).catch((error: unknown) => {
        const failure = finalFailure(error);
        if (failure === null) throw error;
        settle(message, { state: 'failed', failure });
      });
      restsUntil.delete(contact);
    } catch (error) {
      if (concernsAll(error) || error instanceof ClientError) throw error;
      const asked = error instanceof TransportError ? error.retryAfterMs : null;
      restsUntil.set(contact, now() + Math.min(asked ?? REST_MS, REST_MAX_MS));
    }
  }

  return {
    write(contact, raw) {
      const text = soundText(raw);
      return profile.transaction(() => {
        const at = now();
        const known = contacts.get(contact);
        const wireId = makeWireId();
        const message = history.add({
          contact,
          sender: options.username,
          text,
          at,
          state: 'sending',
          // Of a contact that nothing was sent to yet it shows when the message is encrypted.
          legacy: known.sendKey !== null && peers.get(contact) === null,
          seconds: known.timer,
          records: [wireId],
        });
        outbox.put(message.id, contact, { wireId, envelope: null });
        contacts.update({ ...known, lastMessageAt: at });
        return message;
      });
    },

    tell(contact, content, note) {
      const wireId = makeWireId();
      const sender = options.username;
      const message = history.add({
        contact,
        sender,
        text: note,
        at: now(),
        state: 'note',
        legacy: false,
        content,
        records: [wireId],
      });
      outbox.put(message.id, contact, { wireId, content, envelope: null });
      return message;
    },

    async deliver() {
      const ready = outbox.waiting().filter(({ contact }) => !rests(contact));
      for (const { message, contact } of ready.slice(0, BATCH))
        if (!rests(contact)) await deliverTo(contact, message);
      return ready.length > BATCH;
    },
  };
}

const toldAs = (exchange: Exchange | null) => exchange && { ...exchange, wireId: exchange.id };

/** Why a message will never be delivered, a sentence; null when another attempt may do it. */
function finalFailure(error: unknown): string | null {
  if (error instanceof ClientError) return error.code === 'refused' ? error.message : null;
  if (!(error instanceof TransportError) || error.retryable || error.failure === 'unauthorized') return null;
  return error.failure === 'refused' || (error.status ?? 0) >= 400 ? error.message : null;
}
