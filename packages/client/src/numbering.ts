import { randomBytes } from 'node:crypto';
import type { Receipt } from '@secure-chat/crypto/e2ee/body';
import {
  addNumber,
  completeUpTo,
  includes,
  newest,
  numbersOf,
  RANGES_MAX,
  type Ranges,
  sizeOf,
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
/** Whose message it is, and its number, if it has one. */
type Place = Pick<StoredMessage, 'contact' | 'numbered'>;

/** All but `stateOf` and `status`: within a transaction. */
export interface Numbering {
  /** The message's number for this contact: the one that it has, or the next. It is never given to another one. */
  assign(message: Place): Numbered;
  /**
   * The message will not be sent, or not again. What has a number is waited for: the contact is to be told (`takeGone`). One that
   * is sent all the same gets another number.
   */
  withdraw(message: StoredMessage): void;
  /** What the contact is to be told of messages that will not come, as if it were told now; null for nothing. */
  takeGone(contact: number): Pick<Receipt, 'series' | 'ranges'> | null;
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
  status(contact: number): Pick<ConversationStatus, 'completeAt' | 'complete' | 'unconfirmed'>;
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
    return { series, identity, next: 1, delivered: [], read: [], gone: [], toldGone: [] };
  }

  const seriesOf = ({ contact, numbered }: Place): SentSeries | null =>
    numbered ? sentSeries.find(contact, numbered.series) : null;

  const isGone = (series: SentSeries, { numbered }: Place): boolean =>
    includes(series.gone, numbered?.number ?? 0);

  function messagesOf(contact: number, series: string, ranges: Ranges, max: number): StoredMessage[] {
    return numbersOf(ranges, max).flatMap(
      (number) => history.find(contact, { kind: 'own', id: numberName({ series, number }) }) ?? [],
    );
  }

  return {
    assign(message) {
      const { contact, numbered } = message;
      const before = seriesOf(message);
      const holds = before?.identity === identityOf(contact) && !isGone(before, message);
      if (numbered && holds) return numbered;
      const series = current(contact);
      sentSeries.put(contact, { ...series, next: series.next + 1 });
      return { series: series.series, number: series.next };
    },

    withdraw(message) {
      const series = seriesOf(message);
      if (!series || !message.numbered || isGone(series, message)) return;
      sentSeries.put(message.contact, { ...series, gone: addNumber(series.gone, message.numbered.number) });
    },

    takeGone(contact) {
      const series = sentSeries.newest(contact);
      if (!series || series.identity !== identityOf(contact)) return null;
      if (subtract(series.gone, series.toldGone).length === 0) return null;
      sentSeries.put(contact, { ...series, toldGone: series.gone });
      return { series: series.series, ranges: newest(series.gone, RANGES_MAX) };
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
      if (!series) return { completeAt: null, complete: false, unconfirmed: 0 };
      const last = completeUpTo(series.delivered);
      const complete = subtract(last > 0 ? [[1, last]] : [], series.gone);
      const [message] = messagesOf(contact, series.series, complete, 1);
      const given: Ranges = series.next > 1 ? [[1, series.next - 1]] : [];
      const open = subtract(given, union(series.delivered, series.gone));
      const queued = profile.outbox.of(contact).filter((id) => {
        const { numbered } = history.get(id);
        return numbered?.series === series.series && includes(open, numbered.number);
      });
      return {
        completeAt: message?.at ?? null,
        complete: last > 0 && last === series.next - 1,
        unconfirmed: sizeOf(open) - queued.length,
      };
    },
  };
}
