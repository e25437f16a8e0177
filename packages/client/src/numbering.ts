import { randomBytes } from 'node:crypto';
import type { Receipt } from '@secure-chat/crypto/e2ee/body';
import {
  completeUpTo,
  includes,
  numbersOf,
  type Ranges,
  subtract,
  union,
  upTo,
} from '@secure-chat/crypto/e2ee/ranges';
import type { ConversationStatus } from './chat.ts';
import type { StoredMessage } from './profile/history.ts';
import type { Profile } from './profile/profile.ts';
import type { SentSeries } from './profile/series.ts';

/** e2ee.md, "Numbers and receipts", of what we send: which number a message has, and what became of it. */

/** Messages of which one receipt is told at once, the newest: those further back show it when they are loaded. */
const TOLD_MAX = 1_000;

export type Numbered = NonNullable<StoredMessage['numbered']>;

/** All but `stateOf` and `status`: within a transaction. */
export interface Numbering {
  /** The message's number for this contact: the one that it has, or the next. It is never given to another one. */
  assign(message: Pick<StoredMessage, 'contact' | 'numbered'>): Numbered;
  /** Whether the contact's client has said that it stored the message. */
  isDelivered(message: StoredMessage): boolean;
  /** What a message that was sent has become. */
  stateOf(message: StoredMessage, withRead: boolean): 'sent' | 'delivered' | 'read';
  /** What the contact's client says that it has. Returns the messages of which that is news. */
  take(
    contact: number,
    receipt: Pick<Receipt, 'series' | 'ranges'> & { kind: 'delivered' | 'read' },
  ): StoredMessage[];
  /** One's own messages of these numbers, as far as they are kept: the newest `max`, oldest first. */
  messagesOf(contact: number, series: string, ranges: Ranges, max: number): StoredMessage[];
  status(contact: number): Pick<ConversationStatus, 'completeAt' | 'complete'>;
}

export const numberName = ({ series, number }: Numbered): string => `${series}.${number}`;

export function createNumbering(profile: Profile): Numbering {
  const { history, peers, sentSeries } = profile;

  const identityOf = (contact: number): string => peers.get(contact)?.keys.identityKey ?? '';

  function current(contact: number): SentSeries {
    const newest = sentSeries.newest(contact);
    const identity = identityOf(contact);
    if (newest?.identity === identity) return newest;
    const series = randomBytes(8).toString('base64url');
    return { series, identity, next: 1, delivered: [], read: [] };
  }

  const seriesOf = ({ contact, numbered }: Pick<StoredMessage, 'contact' | 'numbered'>): SentSeries | null =>
    numbered ? sentSeries.find(contact, numbered.series) : null;

  function messagesOf(contact: number, series: string, ranges: Ranges, max: number): StoredMessage[] {
    return numbersOf(ranges, max).flatMap(
      (number) => history.find(contact, { kind: 'own', id: numberName({ series, number }) }) ?? [],
    );
  }

  return {
    assign(message) {
      const { contact, numbered } = message;
      if (numbered && seriesOf(message)?.identity === identityOf(contact)) return numbered;
      const series = current(contact);
      sentSeries.put(contact, { ...series, next: series.next + 1 });
      return { series: series.series, number: series.next };
    },

    isDelivered(message) {
      const series = seriesOf(message);
      return series !== null && includes(series.delivered, message.numbered?.number ?? 0);
    },

    stateOf(message, withRead) {
      const series = seriesOf(message);
      const number = message.numbered?.number ?? 0;
      if (!series) return 'sent';
      if (withRead && includes(series.read, number)) return 'read';
      return includes(series.delivered, number) ? 'delivered' : 'sent';
    },

    take(contact, { kind, series: name, ranges }) {
      const series = sentSeries.find(contact, name);
      if (!series) return [];
      // What was never sent cannot have arrived, whatever is said of it.
      const said = upTo(ranges, series.next - 1);
      const before = kind === 'read' ? series.read : series.delivered;
      sentSeries.put(contact, {
        ...series,
        delivered: union(series.delivered, said),
        read: kind === 'read' ? union(series.read, said) : series.read,
      });
      return messagesOf(contact, name, subtract(said, before), TOLD_MAX);
    },

    messagesOf,

    status(contact) {
      const series = sentSeries.newest(contact);
      if (!series) return { completeAt: null, complete: false };
      const last = completeUpTo(series.delivered);
      const [message] = last > 0 ? messagesOf(contact, series.series, [[last, last]], 1) : [];
      return { completeAt: message?.at ?? null, complete: last > 0 && last === series.next - 1 };
    },
  };
}
