import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  getBundle,
  getKeyLog,
  getKeys,
  getMessages,
  getPublicKey,
  getRegisterChallenge,
  getUsers,
  postLogin,
  postLoginChallenge,
  postPresence,
} from '../src/requests.ts';
import { decodeStreamEvent } from '../src/stream-events.ts';

const RUNS = 4_000;
const HEX = '11'.repeat(32);
const PLACE = { id: 'i'.repeat(22), seq: 0, timestamp: '2026-11-25T10:00:00.000000+00:00' };
const LOGIN = { username: 'a', challenge_response: '', proof: '', signatures: 'v2', client: '' } as const;

/** Each request that a client makes, with a sound answer to it. */
const REQUESTS = [
  ['users', getUsers, [{ username: 'bob', online: true }]],
  ['keys', getKeys, { keys: [{ sender: 'bob', encrypted_key: 'v2.AAAA', ...PLACE }] }],
  [
    'messages',
    getMessages,
    { messages: [{ type: 'CHAT_MESSAGE', sender: 'bob', message: 'v2.AAAA', ...PLACE }] },
  ],
  ['a bundle', getBundle('bob'), { bundle: 'AAAA' }],
  [
    'the key log',
    getKeyLog(0),
    { from: 0, size: 1, hash: HEX, entries: [{ username: 'bob', kind: 'bundle', content: HEX, at: 1 }] },
  ],
  ['a public key', getPublicKey('bob'), { 'public-key': 'PEM' }],
  ['a challenge to register', getRegisterChallenge, { public_key: 'PEM', nonce: '0'.repeat(32) }],
  ['a challenge to log in', postLoginChallenge('bob'), { challenge: 'abcd' }],
  ['a login', postLogin(LOGIN), { 'session-key': 'abcd', 'session-id': 's'.repeat(22) }],
  ['presence', postPresence, { status: 'OK' }],
] as const;

/** Numbers at and beyond the bounds, texts that are none, and everything that JSON can hold. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, '', -1, 1.5, 2 ** 53, 1e300, 'x'.repeat(70_000), [], {}, true, '\u0000'),
  fc.jsonValue({ maxDepth: 3 }),
);

/** The value with one of its members, at any depth, replaced, taken out or put in. */
function changed(value: unknown, path: readonly number[], by: unknown): unknown {
  if (typeof value !== 'object' || value === null || path.length === 0) return by;
  const [step = 0, ...rest] = path;
  const keys = Object.keys(value);
  const key = keys[step % (keys.length + 1)];
  const copy: Record<string, unknown> = { ...value };
  if (key === undefined) copy.extra = by;
  else copy[key] = changed(copy[key], rest, by);
  return Array.isArray(value) ? Object.values(copy) : copy;
}

describe.each(REQUESTS)('the answer to %s', (_, { response }, sound) => {
  it('is taken when it is sound', () => {
    expect(response(sound)).not.toBeNull();
  });

  it(`is taken or refused whatever it is, with no number that cannot be held, in ${RUNS} forms`, () => {
    const path = fc.array(fc.nat({ max: 6 }), { maxLength: 4 });
    fc.assert(
      fc.property(path, odd, fc.boolean(), (steps, by, whole) => {
        const answer = response(whole ? by : changed(sound, steps, by));
        // Every number of it is one that bytes and the profile can hold.
        for (const number of numbersOf(answer)) expect(Number.isSafeInteger(number)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

const RECORD = { sender: 'bob', ...PLACE };
const EVENTS = [
  ['message', { ...RECORD, message: 'v2.AAAA' }],
  ['key', { ...RECORD, encrypted_key: 'v2.AAAA' }],
  ['live', {}],
  ['presence', { username: 'bob', online: true }],
  ['ephemeral', { sender: 'bob', body: 'v2.AAAA', timestamp: PLACE.timestamp }],
  ['bye', { reason: 'drain', retry_ms: 1 }],
] as const;

describe.each(EVENTS)('the event %s', (event, sound) => {
  const decode = (data: string) => decodeStreamEvent({ event, data, lastEventId: '' });

  it('is taken when it is sound', () => {
    expect(decode(JSON.stringify(sound))).toEqual({ name: event, data: sound });
  });

  it(`is taken or refused whatever it is, with no number that cannot be held, in ${RUNS} forms`, () => {
    const path = fc.array(fc.nat({ max: 6 }), { maxLength: 2 });
    fc.assert(
      fc.property(path, odd, fc.constantFrom('member', 'whole', 'text'), (steps, by, what) => {
        const value = what === 'member' ? changed(sound, steps, by) : by;
        const decoded = decode(what === 'text' ? `${JSON.stringify(by)}}` : JSON.stringify(value));
        for (const number of numbersOf(decoded?.data)) expect(Number.isSafeInteger(number)).toBe(true);
      }),
      { numRuns: RUNS },
    );
  });
});

it('an event of a later version is not taken for a malformed one', () => {
  expect(decodeStreamEvent({ event: 'weather', data: '{}', lastEventId: '' })).toBeUndefined();
});

/** Of what the client reads; members that it does not know may hold anything. */
function numbersOf(value: unknown, known = true): number[] {
  if (typeof value === 'number') return known ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    numbersOf(member, known && (Array.isArray(value) || KNOWN.has(key))),
  );
}
const KNOWN = new Set(['records', 'refused', 'entries', 'from', 'size', 'at', 'seq', 'retry_ms']);
