import { ClientError } from './client-error.ts';
import { type Conversations, makeWireId } from './conversations.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { OutboxEntry } from './profile/waiting.ts';
import { getPublicKey, postKeyExchange, postMessage } from './requests.ts';
import type { Session } from './session.ts';
import { soundText } from './text-limit.ts';
import { TransportError } from './transport-error.ts';

/** Messages delivered before the polls have their turn again: 100 ms or so. */
const BATCH = 32;

/** Milliseconds before a contact whose mailbox is busy is tried again, and the most that a server may ask for. */
const BUSY_MS = 1_000;
const BUSY_MAX_MS = 60_000;

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
  const busyUntil = new Map<number, number>();

  async function envelopeOf(message: number, contact: number, entry: OutboxEntry) {
    if (entry.envelope) return entry.envelope;
    const { sendKey, username } = contacts.get(contact);
    if (sendKey === null && contacts.publicKey(contact) === null) {
      const answer = await session.request(getPublicKey(username));
      contacts.setPublicKey(contact, answer['public-key']);
    }
    return profile.transaction(() => {
      const envelope = conversations.encrypt(contact, history.get(message).text);
      outbox.put(message, contact, { ...entry, envelope });
      return envelope;
    });
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
      const ready = outbox.waiting().filter(({ contact }) => (busyUntil.get(contact) ?? 0) <= now());
      for (const { message, contact } of ready.slice(0, BATCH)) {
        if ((busyUntil.get(contact) ?? 0) > now()) continue;
        try {
          await attempt(message, contact);
          busyUntil.delete(contact);
        } catch (error) {
          const failure = finalFailure(error);
          if (failure !== null) settle(message, { state: 'failed', failure });
          else if (error instanceof TransportError && error.failure === 'busy')
            busyUntil.set(contact, now() + Math.min(error.retryAfterMs ?? BUSY_MS, BUSY_MAX_MS));
          else throw error;
        }
      }
      return ready.length > BATCH;
    },
  };
}

/** Why a message will never be delivered, a sentence; null when another attempt may do it. */
function finalFailure(error: unknown): string | null {
  if (error instanceof ClientError) return error.code === 'refused' ? error.message : null;
  if (!(error instanceof TransportError) || error.retryable || error.failure === 'unauthorized') return null;
  return error.failure === 'refused' || (error.status ?? 0) >= 400 ? error.message : null;
}
