import { includes, intersect, type Ranges, sizeOf, subtract, union } from '@secure-chat/crypto/e2ee/ranges';
import type { StoredMessage } from './profile/history.ts';
import type { MissingEntry } from './profile/missing.ts';
import type { Profile } from './profile/profile.ts';
import type { ReceivedSeries } from './profile/series.ts';

/** e2ee.md, "Numbers and receipts", of what we receive: what has come, and what has not. */

/** Places kept of one hole, the newest, and of one contact; what is before them shares one place and is not asked for. */
export const HOLE_PLACES_MAX = 100;
export const PLACES_MAX = 1_000;
/**
 * Milliseconds before a number counts as missing while messages of the contact cannot be read: it may be inside one of those, whose
 * keys come when the directory is back. No longer: whoever can make up one that never opens could hide holes.
 */
export const UNREAD_MS = 60_000;
/** Ranges of numbers kept of one series: a contact that leaves holes without end costs no more. */
export const KEPT_RANGES_MAX = 1_000;

/** All within a transaction. */
export interface Completeness {
  /**
   * Books a numbered message of a contact, and keeps places for those before it that did not come. `place`: the id kept for
   * it, null for none. `changed`: what the history shows as missing is another than before.
   */
  arrived(contact: number, series: string, number: number): { place: number | null; changed: boolean };
  /** The same of one that is dropped: its sender is blocked, and is told nothing of it. */
  ignored(contact: number, series: string, number: number): void;
  /**
   * Books that these of a contact's messages will not come: what does not come before the last of them is missing. True when
   * what the history shows as missing is another than before.
   */
  gone(contact: number, series: string, ranges: Ranges): boolean;
  /** One that came and is not kept: it is booked nowhere but here. False when it came before. */
  left(contact: number, series: string, number: number): boolean;
  /** Those that were left are missing from now on, and so will be asked for. */
  wantLeft(contact: number): void;
  /** All that has come, or was left, is dropped: the sender is told nothing of it, and asked for none of it. */
  declined(contact: number): void;
  /** The person has seen all that is there, or (by series) these. */
  seen(contact: number, numbers: ReadonlyMap<string, Ranges> | null): void;
  /** Shows what has been missing for long enough; returns it. */
  reveal(): StoredMessage[];
  /** When there is something to reveal, Unix milliseconds; null for never. */
  nextReveal(): number | null;
  /** Messages of the contact that are shown as missing. */
  missing(contact: number): number;
}

export function createCompleteness(options: {
  profile: Profile;
  now: () => number;
  /** Milliseconds before a message that did not come counts as missing. */
  missingMs: number;
  /** The contact may have to be told something. */
  onChange: (contact: number) => void;
}): Completeness {
  const { profile, now, missingMs, onChange } = options;
  const { contacts, history, missing, receivedSeries, settings } = profile;
  const delays = { usual: missingMs, unread: Math.max(missingMs, UNREAD_MS) };

  function keepPlaces(contact: number, series: string, first: number, last: number): void {
    const count = last - first + 1;
    const room = Math.max(0, Math.min(HOLE_PLACES_MAX, PLACES_MAX - missing.count(contact)));
    const single = Math.min(count, room);
    const entry = { contact, series, shown: false };
    let place = history.end();
    const shared = { number: first, last: last - single, count: count - single };
    if (shared.count > 0) {
      missing.add({ ...entry, ...shared, place, asked: true }, now());
      place += 1;
    }
    for (let number = shared.last + 1; number <= last; number += 1, place += 1)
      missing.add({ ...entry, place, number, last: number, count: 1, asked: false }, now());
  }

  function leave(entry: MissingEntry): void {
    missing.remove(entry.place);
    if (entry.shown) history.remove([entry.place]);
  }

  /** These are waited for no more. True when the history showed some of them. */
  function settle(contact: number, series: string, ranges: Ranges): boolean {
    let changed = false;
    for (const entry of missing.of(contact)) {
      const settled = sizeOf(intersect([[entry.number, entry.last]], ranges));
      if (entry.series !== series || settled === 0) continue;
      const count = entry.count - settled;
      if (count === 0) leave(entry);
      else missing.update({ ...entry, count });
      if (count > 0 && entry.shown) history.update({ ...history.get(entry.place), count });
      changed ||= entry.shown;
    }
    return changed;
  }

  function add(series: ReceivedSeries, ranges: Ranges): ReceivedSeries {
    const received = union(series.received, ranges);
    const over = received.slice(0, -KEPT_RANGES_MAX);
    return { ...series, received: received.slice(over.length), floor: over.at(-1)?.[1] ?? series.floor };
  }

  const booked: Completeness = {
    arrived(contact, name, number) {
      const series = receivedSeries.find(contact, name) ?? beginning(name);
      // Its sender went back to an older copy of the profile, and gives numbers again.
      if (number <= series.floor || includes(series.received, number)) return { place: null, changed: false };
      const itself = [[number, number]] as const;
      const entry = missing.find(contact, name, number);
      const last = lastOf(series);
      if (number > last + 1) keepPlaces(contact, name, last + 1, number - 1);
      if (entry) leave(entry);
      const changed = entry ? entry.shown : number < last && settle(contact, name, itself);
      receivedSeries.put(contact, add(series, itself));
      onChange(contact);
      return { place: entry?.place ?? null, changed };
    },

    ignored(contact, name, number) {
      const before = receivedSeries.find(contact, name) ?? beginning(name);
      if (number <= before.floor || includes(before.received, number)) return;
      booked.arrived(contact, name, number);
      const series = receivedSeries.find(contact, name) ?? before;
      const { ignored, seen, toldReceived } = series;
      const itself = [[number, number]] as const;
      receivedSeries.put(contact, {
        ...series,
        ignored: union(ignored, itself),
        seen: union(seen, itself),
        toldReceived: union(toldReceived, itself),
      });
    },

    gone(contact, name, ranges) {
      const series = receivedSeries.find(contact, name) ?? beginning(name);
      const known = union(series.received, series.floor === 0 ? [] : [[1, series.floor]]);
      const news = subtract(ranges, known);
      const end = news.at(-1)?.[1];
      if (end === undefined) return false;
      const last = lastOf(series);
      const jumpedOver = subtract(end > last ? [[last + 1, end]] : [], news);
      for (const [first, until] of jumpedOver) keepPlaces(contact, name, first, until);
      const changed = settle(contact, name, news);
      receivedSeries.put(contact, add(series, news));
      onChange(contact);
      return changed;
    },

    left(contact, name, number) {
      const series = receivedSeries.find(contact, name) ?? beginning(name);
      if (number <= series.floor || includes(series.received, number)) return false;
      receivedSeries.put(contact, { ...series, left: Math.max(series.left ?? 0, number) });
      return true;
    },

    wantLeft(contact) {
      for (const { series, received, floor, left = 0 } of receivedSeries.of(contact)) {
        const places = missing.of(contact).filter((entry) => entry.series === series);
        const known = places.reduce<Ranges>(
          (sum, { number, last }) => union(sum, [[number, last]]),
          union(received, floor === 0 ? [] : [[1, floor]]),
        );
        for (const [first, last] of subtract(left === 0 ? [] : [[1, left]], known))
          keepPlaces(contact, series, first, last);
      }
    },

    declined(contact) {
      for (const series of receivedSeries.of(contact)) {
        const last = lastOf(series);
        const all = union(series.received, last === 0 ? [] : [[1, last]]);
        const booked = { received: all, seen: all, ignored: all, toldReceived: all };
        receivedSeries.put(contact, { ...series, ...booked, read: [], toldRead: [], left: 0 });
      }
    },

    seen(contact, numbers) {
      for (const series of receivedSeries.of(contact)) {
        const unseen = subtract(series.received, series.seen);
        const news = numbers === null ? unseen : intersect(unseen, numbers.get(series.series) ?? []);
        if (news.length === 0) continue;
        const read = settings.get().receipts ? union(series.read, news) : series.read;
        receivedSeries.put(contact, { ...series, seen: union(series.seen, news), read });
        onChange(contact);
      }
    },

    reveal() {
      return missing.due(now(), delays).map((entry) => {
        const { place, contact, series, number, count } = entry;
        missing.update({ ...entry, shown: true });
        onChange(contact);
        const { username: sender } = contacts.get(contact);
        const numbered = { series, number };
        return history.add(
          { contact, sender, text: '', at: now(), state: 'missing', legacy: false, numbered, count },
          place,
        );
      });
    },

    nextReveal: () => missing.nextDue(delays),

    missing: (contact) =>
      missing
        .of(contact)
        .filter(({ shown }) => shown)
        .reduce((sum, { count }) => sum + count, 0),
  };
  return booked;
}

/** The highest number that has been booked; 0 for none. */
const lastOf = ({ received, floor, left = 0 }: ReceivedSeries): number =>
  Math.max(received.at(-1)?.[1] ?? floor, left);

const beginning = (series: string): ReceivedSeries => ({
  series,
  received: [],
  seen: [],
  read: [],
  toldReceived: [],
  toldRead: [],
  ignored: [],
  floor: 0,
});

/** Who has another identity now is told nothing of what the one before sent, and asked for none of it. */
export function endReceipts({ missing, notices, receivedSeries }: Profile, contact: number): void {
  notices.remove(contact);
  for (const series of receivedSeries.of(contact))
    receivedSeries.put(contact, { ...series, toldReceived: series.received, toldRead: series.read });
  for (const entry of missing.of(contact)) missing.update({ ...entry, asked: true });
}
