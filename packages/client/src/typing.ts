import { fromEnvelope, toEnvelope } from '@secure-chat/crypto/e2ee/envelope';
import { exchangeOfEphemeral, openEphemeral, sealEphemeral } from '@secure-chat/crypto/e2ee/ephemeral';
import type { Profile } from './profile/profile.ts';
import type { Ratchets } from './ratchets.ts';
import { postEphemeral } from './requests.ts';
import type { Session } from './session.ts';

/** Milliseconds after which somebody who said no more has stopped typing. */
export const TYPING_MS = 8_000;
/** Milliseconds between two notices to one contact: two thirds of the time that one lasts are left for its way. */
const NOTICE_MS = 3_000;
/** Milliseconds by which a notice may differ from our clock, as a request may from the server's: one may have been kept back. */
const OLD_MS = 30_000;

/** Who is typing. Nothing of it is stored anywhere. */
export interface Typing {
  /** The person types to the contact, or has stopped. */
  set(contact: number, typing: boolean): void;
  isTyping(contact: number): boolean;
  /** What came from a contact. */
  receive(contact: number, text: string): void;
  /** A message of the contact's has come. */
  stopped(contact: number): void;
  stop(): void;
}

export function createTyping(options: {
  profile: Profile;
  ratchets: Ratchets;
  session: Session;
  username: string;
  now: () => number;
  /** Whether the contact would get it. */
  isOnline: (contact: number) => boolean;
  onChange: () => void;
}): Typing {
  const { profile, ratchets, session, username, now, isOnline, onChange } = options;
  const { peers, settings } = profile;
  /** When the contact was told that the person types. */
  const toldAt = new Map<number, number>();
  const typing = new Map<number, NodeJS.Timeout>();
  /** When the last notice of a contact was sent, by its clock: a server can deliver one again. */
  const lastSentAt = new Map<number, number>();

  function end(contact: number): void {
    if (!typing.has(contact)) return;
    clearTimeout(typing.get(contact));
    typing.delete(contact);
    onChange();
  }

  function tell(contact: number, isTyping: boolean): void {
    const peer = peers.get(contact);
    const ratchet = ratchets.current(contact);
    if (!peer || peer.changed || !ratchet || !profile.contacts.get(contact).accepted) return;
    const recipient = peer.keys.username;
    const sealed = sealEphemeral(
      ratchet,
      { sender: username, recipient },
      {
        kind: 'typing',
        typing: isTyping,
        sentAt: now(),
      },
    );
    // It is no matter when one is lost.
    session.request(postEphemeral(recipient, toEnvelope(sealed))).catch(() => undefined);
  }

  return {
    set(contact, isTyping) {
      const before = toldAt.get(contact) ?? Number.NEGATIVE_INFINITY;
      if (isTyping ? now() - before < NOTICE_MS : !toldAt.has(contact)) return;
      toldAt.delete(contact);
      if (isTyping) toldAt.set(contact, now());
      if (settings.get().typing && isOnline(contact)) tell(contact, isTyping);
    },
    isTyping: (contact) => typing.has(contact),
    receive(contact, text) {
      const peer = peers.get(contact);
      const bytes = fromEnvelope(text);
      const exchange = bytes && exchangeOfEphemeral(bytes);
      const stored = exchange && profile.ratchets.find(exchange);
      if (!peer || !stored || stored.contact !== contact || !settings.get().typing) return;
      const { accepted, blocked } = profile.contacts.get(contact);
      if (!accepted || blocked) return;
      const direction = { sender: peer.keys.username, recipient: username };
      const opened = openEphemeral(stored.ratchet, direction, bytes);
      if (!opened || Math.abs(now() - opened.sentAt) > OLD_MS) return;
      if (opened.sentAt <= (lastSentAt.get(contact) ?? 0)) return;
      lastSentAt.set(contact, opened.sentAt);
      if (!opened.typing) return end(contact);
      const isNew = !typing.has(contact);
      clearTimeout(typing.get(contact));
      typing.set(contact, setTimeout(() => end(contact), TYPING_MS).unref());
      if (isNew) onChange();
    },
    stopped: end,
    stop() {
      for (const timer of typing.values()) clearTimeout(timer);
      typing.clear();
    },
  };
}
