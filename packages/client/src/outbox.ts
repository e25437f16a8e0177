import { ClientError } from './client-error.ts';
import { type Conversations, makeWireId } from './conversations.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { OutboxEntry } from './profile/waiting.ts';
import { isUsableKey } from './recipient-key.ts';
import { getPublicKey, postKeyExchange, postMessage } from './requests.ts';
import type { Session } from './session.ts';
import { soundText } from './text-limit.ts';
import { TransportError } from './transport-error.ts';

/** Messages delivered before the polls have their turn again: 100 ms or so. */
const BATCH = 32;

/** Milliseconds before a contact is tried again that could not be served, and the most that a server may ask for. */
const REST_MS = 1_000;
const REST_MAX_MS = 60_000;

/** Messages on their way out: kept over restarts, in order per contact, the same bytes at every attempt. */
export interface Outbox {
  /** Keeps a message to be delivered. Throws ClientError: empty, too_long. */
  write(contact: number, text: string): StoredMessage;
  /** Delivers some. True when more can follow at once. Throws TransportError when the server cannot be used. */
  deliver(): Promise<boolean>;
}

export function createOutbox(options: {
  profile: Profile;
  conversations: Conversations;
  session: Session;
  username: string;
  now: () => number;
  onChange: (message: StoredMessage) => void;
}): Outbox {
  const { profile, conversations, session, now } = options;
  const { contacts, history, outbox, symmetricKeys } = profile;
  const restsUntil = new Map<number, number>();
  const rests = (contact: number): boolean => (restsUntil.get(contact) ?? 0) > now();

  async function envelopeOf(message: number, contact: number, entry: OutboxEntry) {
    if (entry.envelope) return entry.envelope;
    if (contacts.get(contact).sendKey === null) await fetchPublicKey(contact);
    try {
      return profile.transaction(() => {
        const envelope = conversations.encrypt(contact, history.get(message).text);
        outbox.put(message, contact, { ...entry, envelope });
        return envelope;
      });
    } catch (cause) {
      if (cause instanceof ClientError) throw cause;
      throw new ClientError('refused', 'The message could not be encrypted. Write it again.', { cause });
    }
  }

  /** Keeps a key that can be used, and no other: the server may have a better one next time. */
  async function fetchPublicKey(contact: number): Promise<void> {
    const known = contacts.publicKey(contact);
    if (known !== null && isUsableKey(known)) return;
    const answer = await session.request(getPublicKey(contacts.get(contact).username));
    if (isUsableKey(answer['public-key'])) contacts.setPublicKey(contact, answer['public-key']);
  }

  /** The contact has the key before any message under it. */
  async function announce(username: string, key: number): Promise<void> {
    const { exchange } = symmetricKeys.get(key);
    if (!exchange || exchange.acknowledged) return;
    const body = { id: exchange.id, encrypted_key: exchange.encryptedKey };
    await session.request(postKeyExchange(username, body));
    symmetricKeys.acknowledge(key);
  }

  function settle(id: number, outcome: Pick<StoredMessage, 'state' | 'failure'>): void {
    const message = { ...history.get(id), ...outcome };
    profile.transaction(() => {
      history.update(message);
      outbox.remove(id);
    });
    options.onChange(message);
  }

  async function attempt(message: number, contact: number): Promise<void> {
    const entry = outbox.get(message);
    const { username } = contacts.get(contact);
    const envelope = await envelopeOf(message, contact, entry);
    await announce(username, envelope.key);
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
      if (concernsAll(error)) throw error;
      const asked = error instanceof TransportError ? error.retryAfterMs : null;
      restsUntil.set(contact, now() + Math.min(asked ?? REST_MS, REST_MAX_MS));
    }
  }

  return {
    write(contact, raw) {
      const text = soundText(raw);
      return profile.transaction(() => {
        const at = now();
        const message = history.add({ contact, sender: options.username, text, at, state: 'sending' });
        outbox.put(message.id, contact, { wireId: makeWireId(), envelope: null });
        contacts.update({ ...contacts.get(contact), lastMessageAt: at });
        return message;
      });
    },

    async deliver() {
      const ready = outbox.waiting().filter(({ contact }) => !rests(contact));
      for (const { message, contact } of ready.slice(0, BATCH))
        if (!rests(contact)) await deliverTo(contact, message);
      return ready.length > BATCH;
    },
  };
}

/** Whether the server or the session cannot be used: not for a busy mailbox, nor for an error in one message. */
const concernsAll = (error: unknown): boolean =>
  error instanceof TransportError
    ? error.failure === 'unreachable' || error.failure === 'unauthorized'
    : error instanceof ClientError;

/** Why a message will never be delivered, a sentence; null when another attempt may do it. */
function finalFailure(error: unknown): string | null {
  if (error instanceof ClientError) return error.code === 'refused' ? error.message : null;
  if (!(error instanceof TransportError) || error.retryable || error.failure === 'unauthorized') return null;
  return error.failure === 'refused' || (error.status ?? 0) >= 400 ? error.message : null;
}
