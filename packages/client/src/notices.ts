import { LISTING_MAX } from '@secure-chat/crypto/e2ee/body';
import {
  addNumber,
  includes,
  newest,
  RANGES_MAX,
  type Ranges,
  subtract,
  union,
} from '@secure-chat/crypto/e2ee/ranges';
import type { Delivery, Outgoing } from './delivery.ts';
import type { Numbering } from './numbering.ts';
import type { Notice } from './profile/notices.ts';
import type { Profile } from './profile/profile.ts';
import type { ReceivedSeries } from './profile/series.ts';
import type { Ratchets } from './ratchets.ts';
import { makeWireId } from './wire-id.ts';

/** Milliseconds for which receipts are gathered: what arrives and is read at once is told in one record. */
const GATHER_MS = 200;

type Told = Pick<Notice, 'kind' | 'series' | 'ranges'>;

/** Of a contact that has numbered nothing yet. */
const NO_SERIES = 'AAAAAAAAAAA';

/**
 * What a contact's client is told beside messages: what was stored, what was seen, what did not come, what will not. All of it follows from
 * what is stored, so that nothing is forgotten over restarts, and one record tells of thousands of messages.
 */
export interface Notices {
  /** There may be something to tell the contact. */
  touch(contact: number): void;
  /** The contact has asked for these records, and need not wait for them. */
  answer(contact: number, records: readonly string[]): void;
  /** Delivers what there is. Throws TransportError when the server cannot be used. */
  deliver(): Promise<void>;
  stop(): void;
}

export function createNotices(options: {
  profile: Profile;
  delivery: Pick<Delivery, 'rests' | 'attempt'>;
  numbering: Pick<Numbering, 'takeGone'>;
  ratchets: Pick<Ratchets, 'current' | 'encrypt'>;
  now: () => number;
  /** There is something to deliver. */
  onReady: () => void;
  gatherMs?: number;
}): Notices {
  const { profile, delivery, numbering, ratchets, now, onReady, gatherMs = GATHER_MS } = options;
  const { contacts, missing, notices, peers, receivedSeries, sentSeries } = profile;
  /** Contacts that may have to be told something, and when that was gathered (`performance.now()`): all of them at the start. */
  const touched = new Map<number, number>();
  /** Records that are to be answered: who asked asks again, so nothing has to be kept. */
  const answers = new Map<number, readonly string[]>();
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  /** What of the contact's messages is missing, and was not asked for. */
  function takeMissing(contact: number): Told | null {
    const open = missing.of(contact).filter(({ shown, asked }) => shown && !asked);
    const [first] = open;
    if (!first) return null;
    const { series } = first;
    const some = open.filter((entry) => entry.series === series).slice(-LISTING_MAX);
    const all = some.reduce<Ranges>((sum, { number }) => addNumber(sum, number), []);
    const ranges = newest(all, RANGES_MAX);
    for (const entry of some) if (includes(ranges, entry.number)) missing.update({ ...entry, asked: true });
    return { kind: 'missing', series, ranges };
  }

  /** What the contact need not wait for. */
  function takeGone(contact: number): Told | null {
    const gone = numbering.takeGone(contact);
    return gone && { kind: 'gone', ...gone };
  }

  /** `read` says of what it names that it was stored, too. */
  function takeReceipt(contact: number, series: ReceivedSeries): Told | null {
    const { series: name, read, toldReceived, toldRead } = series;
    const received = subtract(series.received, series.ignored);
    const newlyRead = subtract(read, toldRead).length > 0;
    const told = union(toldReceived, newlyRead ? read : received);
    if (!newlyRead && subtract(received, toldReceived).length === 0) return null;
    receivedSeries.put(contact, {
      ...series,
      toldReceived: told,
      toldRead: newlyRead ? read : toldRead,
    });
    const ranges = newest(newlyRead ? read : received, RANGES_MAX);
    return { kind: newlyRead ? 'read' : 'delivered', series: name, ranges };
  }

  /** What the contact was told before. */
  const asBefore = (series: ReceivedSeries | undefined): Told => ({
    kind: 'delivered',
    series: series?.series ?? NO_SERIES,
    ranges: newest(series ? subtract(series.received, series.ignored) : [], RANGES_MAX),
  });

  /** The next thing to tell the contact; null for nothing. */
  function take(contact: number): Notice | null {
    const peer = peers.get(contact);
    // What is told says that somebody is here: whoever is not accepted has no need to know.
    if (!peer || peer.changed || !contacts.get(contact).accepted) return null;
    const known = receivedSeries.of(contact);
    const earlier = answers.get(contact) ?? [];
    answers.delete(contact);
    const told =
      takeGone(contact) ??
      takeMissing(contact) ??
      known.reduce<Told | null>((found, series) => found ?? takeReceipt(contact, series), null) ??
      (earlier.length > 0 ? asBefore(known[0]) : null);
    if (!told) return null;
    return { wireId: makeWireId(), ...told, earlier: [...earlier], envelope: null };
  }

  /** Keeps what there is to tell until the server has it, with its bytes where they can be made. False for nothing. */
  function prepare(contact: number): boolean {
    const notice = take(contact);
    if (notice) notices.put(contact, ratchets.current(contact) ? sealed(contact, notice) : notice);
    return notice !== null;
  }

  function sealed(contact: number, notice: Notice) {
    const { wireId: id, kind, series, ranges, earlier } = notice;
    const body = { kind, id, earlier, sentAt: now(), series, ranges };
    return { ...notice, envelope: ratchets.encrypt(contact, body) };
  }

  const outgoing = (contact: number): Outgoing => ({
    contact,
    get: () => notices.get(contact),
    encrypt(underV2) {
      const known = notices.get(contact);
      if (!known || !underV2) return null;
      // As another record: who could not read the first one has seen its id.
      const notice = sealed(contact, known.envelope ? { ...known, wireId: makeWireId() } : known);
      notices.put(contact, notice);
      return notice.envelope;
    },
    // Undone by a power failure, it is sent again as it was.
    settle: () => profile.lightTransaction(() => notices.remove(contact)),
  });

  /** True when there may be more to tell. */
  async function deliverTo(contact: number): Promise<boolean> {
    if (!notices.get(contact) && !profile.transaction(() => prepare(contact))) return false;
    await delivery.attempt(outgoing(contact));
    return notices.get(contact) === null;
  }

  function touch(contact: number): void {
    if (!touched.has(contact)) touched.set(contact, performance.now() + gatherMs);
    arm();
  }

  /**
   * For what is being gathered, or has been since it was looked at: a timer may ring a little early. Who rests is tried again when that is
   * over.
   */
  function arm(): void {
    const open = [...touched].filter(([contact]) => !delivery.rests(contact));
    if (stopped || timer || open.length === 0) return;
    const next = Math.min(...open.map(([, at]) => at));
    timer = setTimeout(
      () => {
        timer = undefined;
        onReady();
      },
      Math.max(0, next - performance.now()),
    ).unref();
  }

  for (const table of [receivedSeries, sentSeries, notices])
    for (const contact of table.contacts()) touched.set(contact, 0);

  return {
    touch,
    answer(contact, records) {
      answers.set(contact, records);
      touch(contact);
    },
    async deliver() {
      for (const [contact, at] of [...touched]) {
        if (at > performance.now() || delivery.rests(contact)) continue;
        touched.delete(contact);
        let more = true;
        try {
          more = await deliverTo(contact);
        } finally {
          // What came meanwhile is gathered first.
          if (delivery.rests(contact)) touched.set(contact, 0);
          else if (more) touch(contact);
        }
      }
      arm();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
