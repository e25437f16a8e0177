import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NUMBER_MAX } from '@secure-chat/crypto/e2ee/ranges';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeIdentity } from '../../src/account.ts';
import {
  type Completeness,
  createCompleteness,
  HOLE_PLACES_MAX,
  KEPT_RANGES_MAX,
  PLACES_MAX,
  UNREAD_MS,
} from '../../src/completeness.ts';
import { createNumbering, type Numbering } from '../../src/numbering.ts';
import type { StoredMessage } from '../../src/profile/history.ts';
import { createProfile, type Profile } from '../../src/profile/profile.ts';
import { SERIES_MAX } from '../../src/profile/series.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const SERIES = 'abcdefghijk';

let root: string;
let profile: Profile;
let bob: number;
let now: number;
let completeness: Completeness;
let numbering: Numbering;
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'secure-chat-numbers-'));
  profile = await createProfile({
    profile: join(root, 'alice'),
    password: 'correct horse',
    identity: makeIdentity('alice', rsa),
    cost: { memoryKib: 8, passes: 1, lanes: 1 },
  });
  bob = profile.contacts.ensure('bob').id;
  now = 0;
  const clock = () => now;
  completeness = createCompleteness({ profile, now: clock, missingMs: 3_000, onChange: () => undefined });
  numbering = createNumbering(profile);
});
afterEach(() => {
  profile.close();
  rmSync(root, { recursive: true, force: true });
});

const arrive = (number: number, series = SERIES) =>
  profile.transaction(() => completeness.arrived(bob, series, number));
const places = () => profile.missing.of(bob).map(({ number, count, asked }) => ({ number, count, asked }));
const received = () => profile.receivedSeries.find(bob, SERIES)?.received;

describe('numbers that do not come', () => {
  it('keep their places; who comes takes its own', () => {
    arrive(4);
    expect(places().map(({ number }) => number)).toEqual([1, 2, 3]);
    const [, second] = profile.missing.of(bob);
    expect(arrive(2)).toEqual({ place: second?.place, changed: false });
    expect(arrive(2)).toEqual({ place: null, changed: false });
    expect(places().map(({ number }) => number)).toEqual([1, 3]);
    expect(received()).toEqual([
      [2, 2],
      [4, 4],
    ]);
  });

  it('are shown after their time, and not before', () => {
    arrive(2);
    expect(completeness.nextReveal()).toBe(3_000);
    now = 2_999;
    expect(profile.transaction(completeness.reveal)).toEqual([]);
    now = 3_000;
    expect(profile.transaction(completeness.reveal)).toMatchObject([{ state: 'missing', count: 1 }]);
    expect(completeness.nextReveal()).toBeNull();
    expect(completeness.missing(bob)).toBe(1);
  });

  it('are shown later while a message of the contact cannot be read, of which it may be one; but not much later', () => {
    arrive(2);
    const at = {
      contact: bob,
      sender: 'bob',
      text: '',
      at: 0,
      state: 'undecryptable',
      legacy: false,
    } as const;
    const unread = profile.history.add(at);
    profile.undecryptable.put(unread.id, bob, { message: 'v2.AAAA' });
    expect(completeness.nextReveal()).toBe(UNREAD_MS);
    now = UNREAD_MS - 1;
    expect(profile.transaction(completeness.reveal)).toEqual([]);
    profile.undecryptable.remove(unread.id);
    expect(completeness.nextReveal()).toBe(3_000);
    profile.undecryptable.put(unread.id, bob, { message: 'v2.AAAA' });
    now = UNREAD_MS;
    expect(profile.transaction(completeness.reveal)).toMatchObject([{ state: 'missing', count: 1 }]);
  });

  it(`keep ${HOLE_PLACES_MAX} places of one hole; what is before them shares one, however much it is`, () => {
    arrive(1);
    arrive(NUMBER_MAX);
    const [first, ...single] = places();
    expect(single).toHaveLength(HOLE_PLACES_MAX);
    expect(first).toEqual({ number: 2, count: NUMBER_MAX - 2 - HOLE_PLACES_MAX, asked: true });
    now = 3_000;
    profile.transaction(completeness.reveal);
    expect(completeness.missing(bob)).toBe(NUMBER_MAX - 2);
    // One of those comes all the same.
    arrive(1_000_000);
    expect(completeness.missing(bob)).toBe(NUMBER_MAX - 3);
  });

  it('that share a place leave none behind when all of them have come, in whatever order', () => {
    arrive(1);
    arrive(HOLE_PLACES_MAX + 5);
    expect(places()[0]).toEqual({ number: 2, count: 3, asked: true });
    now = 3_000;
    profile.transaction(completeness.reveal);
    for (const number of [2, 4]) expect(arrive(number)).toEqual({ place: null, changed: true });
    expect(places()[0]).toEqual({ number: 2, count: 1, asked: true });
    arrive(3);
    expect(completeness.missing(bob)).toBe(HOLE_PLACES_MAX);
  });

  it(`keep ${PLACES_MAX} places of one contact, and one of each further hole`, () => {
    const holes = PLACES_MAX / HOLE_PLACES_MAX + 20;
    for (let hole = 1; hole <= holes; hole += 1) arrive(hole * 1_000);
    expect(profile.missing.count(bob)).toBeLessThanOrEqual(PLACES_MAX + holes);
  });

  it(`leave ${KEPT_RANGES_MAX} ranges: what is before them is kept book of no more`, () => {
    for (let number = 1; number <= KEPT_RANGES_MAX + 10; number += 1) arrive(2 * number);
    expect(received()).toHaveLength(KEPT_RANGES_MAX);
    expect(profile.receivedSeries.find(bob, SERIES)?.floor).toBe(20);
    expect(arrive(3)).toEqual({ place: null, changed: false });
  });

  it(`are of ${SERIES_MAX} series of a contact at most`, () => {
    for (let n = 0; n < SERIES_MAX + 5; n += 1) arrive(1, `series-${String(n).padStart(4, '0')}`);
    expect(profile.receivedSeries.of(bob)).toHaveLength(SERIES_MAX);
    expect(profile.receivedSeries.newest(bob)?.series).toBe('series-0036');
  });

  it('go with the history that is deleted', () => {
    arrive(3);
    profile.transaction(() => profile.history.removeAll(bob));
    expect(places()).toEqual([]);
    expect(arrive(2)).toEqual({ place: null, changed: false });
  });
});

describe('numbers that will not come', () => {
  const gone = (...ranges: [number, number][]) =>
    profile.transaction(() => completeness.gone(bob, SERIES, ranges));

  it('are missing no more, and those between them are', () => {
    arrive(1);
    arrive(5);
    expect(gone([3, 4])).toBe(false);
    expect(places()).toEqual([{ number: 2, count: 1, asked: false }]);
    now = 3_000;
    profile.transaction(completeness.reveal);
    expect(gone([2, 4])).toBe(true);
    expect(places()).toEqual([]);
    expect(profile.history.page(bob, 1e9, 10)).toEqual([]);
    expect(received()).toEqual([[1, 5]]);
    // Said again, it is no news.
    expect(gone([2, 4])).toBe(false);
  });

  it('leave no hole before the next one, but what is between does', () => {
    arrive(1);
    gone([2, 2], [4, 4]);
    expect(places()).toEqual([{ number: 3, count: 1, asked: false }]);
    arrive(5);
    expect(places()).toHaveLength(1);
    expect(received()).toEqual([
      [1, 2],
      [4, 5],
    ]);
  });

  it('leave the place that they share, however many they are', () => {
    arrive(NUMBER_MAX);
    now = 3_000;
    profile.transaction(completeness.reveal);
    expect(gone([1, 999_999], [2_000_000, NUMBER_MAX])).toBe(true);
    expect(completeness.missing(bob)).toBe(1_000_000);
    expect(gone([1, NUMBER_MAX])).toBe(true);
    expect(places()).toEqual([]);
  });

  it('and come all the same are taken', () => {
    gone([1, 3]);
    expect(arrive(2)).toEqual({ place: null, changed: false });
  });

  it(`are no way around ${PLACES_MAX} places, or ${KEPT_RANGES_MAX} ranges`, () => {
    for (let first = 0; first < 3; first += 1)
      gone(
        ...Array.from({ length: 1_000 }, (_, index): [number, number] => {
          const number = (first * 1_000 + index + 1) * 1_000;
          return [number, number];
        }),
      );
    expect(received()).toHaveLength(KEPT_RANGES_MAX);
    expect(profile.missing.of(bob).filter(({ number, last }) => number === last).length).toBeLessThanOrEqual(
      PLACES_MAX,
    );
  });
});

describe('numbers of what is sent', () => {
  const write = (text: string): StoredMessage => {
    const at = now;
    return profile.history.add({ contact: bob, sender: 'alice', text, at, state: 'sent', legacy: false });
  };
  const assign = (message: StoredMessage): StoredMessage => {
    const numbered = { ...message, numbered: numbering.assign(message) };
    profile.history.update(numbered);
    profile.history.name(numbered, {
      kind: 'own',
      id: `${numbered.numbered.series}.${numbered.numbered.number}`,
    });
    return numbered;
  };

  it('grow by one, and stay with their message', () => {
    const one = assign(write('one'));
    const two = assign(write('two'));
    expect(one.numbered).toMatchObject({ number: 1 });
    expect(two.numbered).toEqual({ series: one.numbered?.series, number: 2 });
    expect(numbering.assign(one)).toEqual(one.numbered);
    expect(assign(write('three')).numbered?.number).toBe(3);
  });

  it('that will not come are told once, and given to nobody again', () => {
    const [one, two, three] = [assign(write('one')), assign(write('two')), assign(write('three'))];
    const series = one.numbered?.series;
    expect(numbering.takeGone(bob)).toBeNull();
    numbering.withdraw(two);
    numbering.withdraw(two);
    expect(numbering.takeGone(bob)).toEqual({ series, ranges: [[2, 2]] });
    expect(numbering.takeGone(bob)).toBeNull();
    expect(numbering.assign(two)).toEqual({ series, number: 4 });
    numbering.withdraw(three);
    expect(numbering.takeGone(bob)).toEqual({ series, ranges: [[2, 3]] });
  });

  it('are complete up to the last message that there is', () => {
    const one = assign(write('one'));
    now = 5;
    const two = assign(write('two'));
    numbering.withdraw(two);
    numbering.take(bob, { kind: 'delivered', series: one.numbered?.series ?? '', ranges: [[1, 2]] });
    expect(numbering.status(bob)).toEqual({ completeAt: one.at, complete: true, unconfirmed: 0 });
  });

  it('that were never given cannot have arrived, whatever is said of them', () => {
    const one = assign(write('one'));
    const series = one.numbered?.series ?? '';
    const all = [[1, NUMBER_MAX]] as const;
    expect(numbering.take(bob, { kind: 'delivered', series, ranges: all })).toHaveLength(1);
    const two = assign(write('two'));
    expect(numbering.stateOf(one, true)).toBe('delivered');
    expect(numbering.stateOf(two, true)).toBe('sent');
    expect(numbering.take(bob, { kind: 'read', series: 'unknown----', ranges: all })).toEqual([]);
    expect(numbering.status(bob)).toEqual({ completeAt: one.at, complete: false, unconfirmed: 1 });
  });

  it('are told of as far as somebody looks: a receipt of 1,500 is news of the newest 1,000', () => {
    let last = write('first');
    for (let n = 0; n < 1_500; n += 1) last = assign(write(`${n}`));
    const series = last.numbered?.series ?? '';
    const news = numbering.take(bob, { kind: 'read', series, ranges: [[1, 1_500]] });
    expect(news).toHaveLength(1_000);
    expect(news.at(-1)?.id).toBe(last.id);
  });
});
