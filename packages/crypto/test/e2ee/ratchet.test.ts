import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeList, encodeList, u32 } from '../../src/e2ee/byte-list.ts';
import { generateCurveKeyPair } from '../../src/e2ee/curve-keys.ts';
import {
  answerRatchet,
  canSend,
  decrypt,
  encrypt,
  exchangeOf,
  type Ratchet,
  SKIP_MAX,
  SKIPPED_MAX,
  SKIPPED_MS,
  startRatchet,
} from '../../src/e2ee/ratchet.ts';
import { flipped, NOW } from './people.ts';

const TO_BOB = { sender: 'alice', recipient: 'bob' };
const TO_ALICE = { sender: 'bob', recipient: 'alice' };

/** A side as a client keeps it: the present state, replaced by each message. */
function side(first: Ratchet, to: typeof TO_BOB, from: typeof TO_BOB) {
  let ratchet = first;
  return {
    get ratchet() {
      return ratchet;
    },
    send(text: string): Buffer {
      const sent = encrypt(ratchet, Buffer.from(text), to);
      ratchet = sent.ratchet;
      return sent.message;
    },
    /** Null, and nothing changed, when it does not open. */
    receive(message: Uint8Array, now = NOW): string | null {
      const received = decrypt(ratchet, message, from, now);
      if (!received) return null;
      ratchet = received.ratchet;
      return received.plaintext.toString();
    },
  };
}

function pair() {
  const agreement = {
    root: randomBytes(32),
    exchangeId: randomBytes(16),
    transcript: randomBytes(32),
    ephemeralKey: randomBytes(32),
  };
  const prekey = generateCurveKeyPair('X25519');
  const started = startRatchet(agreement, prekey.publicKey);
  if (!started) throw new Error('not started');
  const alice = side(started, TO_BOB, TO_ALICE);
  const bob = side(answerRatchet(agreement, prekey), TO_ALICE, TO_BOB);
  return { alice, bob, agreement };
}

/** The state as text: two are alike byte for byte when these are. */
const imageOf = (ratchet: Ratchet): string =>
  JSON.stringify({ ...ratchet, own: ratchet.own.publicKey.toString('hex') });

/** A message with a header of one's own. */
function withHeader(
  message: Buffer,
  changed: { ratchetKey?: Buffer; previous?: number; number?: number },
): Buffer {
  const parts = decodeList(message, ['tag', 'header', 'sealed']);
  const header = parts && decodeList(parts.header, ['exchangeId', 'ratchetKey', 'previous', 'number']);
  if (!parts || !header) throw new Error('no message');
  const { ratchetKey = header.ratchetKey, previous, number } = changed;
  const part = (value: number | undefined, old: Buffer) => (value === undefined ? old : u32(value));
  return encodeList([
    parts.tag,
    encodeList([header.exchangeId, ratchetKey, part(previous, header.previous), part(number, header.number)]),
    parts.sealed,
  ]);
}

describe('a ratchet', () => {
  it('carries messages both ways, in any number of turns', () => {
    const { alice, bob } = pair();
    for (let turn = 0; turn < 5; turn++) {
      for (const text of ['one', 'two', '']) expect(bob.receive(alice.send(text))).toBe(text);
      for (const text of ['three', 'four']) expect(alice.receive(bob.send(text))).toBe(text);
    }
  });

  it('begins with the side that started the exchange', () => {
    const { alice, bob } = pair();
    expect([canSend(alice.ratchet), canSend(bob.ratchet)]).toEqual([true, false]);
    expect(() => bob.send('too early')).toThrow('has not received yet');
    bob.receive(alice.send('first'));
    expect(canSend(bob.ratchet)).toBe(true);
  });

  it('tells the exchange of a message, and none of other bytes', () => {
    const { alice, agreement } = pair();
    expect(exchangeOf(alice.send('text'))).toEqual(agreement.exchangeId);
    expect(exchangeOf(Buffer.from('text'))).toBeNull();
  });

  it('opens a message once', () => {
    const { alice, bob } = pair();
    const [first, second] = [alice.send('first'), alice.send('second')];
    expect(bob.receive(second)).toBe('second');
    expect(bob.receive(first)).toBe('first');
    expect([bob.receive(first), bob.receive(second)]).toEqual([null, null]);
  });

  it('makes no message twice: the same text has other bytes each time', () => {
    const { alice } = pair();
    expect(alice.send('text')).not.toEqual(alice.send('text'));
  });

  it('opens nothing of another exchange, another sender or another recipient', () => {
    const [one, other] = [pair(), pair()];
    const message = one.alice.send('text');
    expect(other.bob.receive(message)).toBeNull();
    expect(decrypt(one.bob.ratchet, message, { sender: 'mallory', recipient: 'bob' }, NOW)).toBeNull();
    expect(decrypt(one.bob.ratchet, message, { sender: 'alice', recipient: 'mallory' }, NOW)).toBeNull();
    expect(one.bob.receive(message)).toBe('text');
  });

  it('refuses every bit flipped, and is byte for byte as it was (check 6)', { timeout: 60_000 }, () => {
    const { alice, bob } = pair();
    bob.receive(alice.send('one'));
    alice.receive(bob.send('two'));
    alice.send('lost');
    const message = alice.send('three');
    const before = imageOf(bob.ratchet);
    for (let bit = 0; bit < 8 * message.length; bit++) expect(bob.receive(flipped(message, bit))).toBeNull();
    expect(imageOf(bob.ratchet)).toBe(before);
    expect(bob.receive(message)).toBe('three');
  });

  it('takes no shorter tag of 4 to 15 bytes (check 7)', () => {
    const { alice, bob } = pair();
    const parts = decodeList(alice.send(''), ['tag', 'header', 'sealed']);
    if (!parts) throw new Error('no message');
    for (let length = 0; length < 16; length++)
      expect(bob.receive(encodeList([parts.tag, parts.header, parts.sealed.subarray(0, length)]))).toBeNull();
    expect(bob.receive(encodeList([parts.tag, parts.header, parts.sealed]))).toBe('');
  });

  it('refuses a number beyond the limit, and has derived no key for it (check 9)', () => {
    const { alice, bob } = pair();
    bob.receive(alice.send('zero'));
    const messages = Array.from({ length: SKIP_MAX + 2 }, (_, index) => alice.send(`${index}`));
    const last = messages.at(-1) ?? Buffer.alloc(0);
    const before = imageOf(bob.ratchet);
    expect(bob.receive(last)).toBeNull();
    expect(bob.receive(withHeader(last, { number: 2 ** 32 - 1 }))).toBeNull();
    const ratchetKey = generateCurveKeyPair('X25519').publicKey;
    expect(bob.receive(withHeader(last, { ratchetKey, previous: 2 ** 32 - 1, number: 0 }))).toBeNull();
    expect(imageOf(bob.ratchet)).toBe(before);
    expect(bob.receive(messages.at(-2) ?? last)).toBe(`${SKIP_MAX}`);
    expect(bob.ratchet.skipped).toHaveLength(SKIP_MAX);
  });

  it('keeps so many keys of messages that did not come, the newest', () => {
    const { alice, bob } = pair();
    const first = alice.send('first');
    for (let gap = 0; gap < 3; gap++) {
      for (let lost = 0; lost < SKIP_MAX - 1; lost++) alice.send('lost');
      expect(bob.receive(alice.send('comes'))).toBe('comes');
    }
    expect(bob.ratchet.skipped).toHaveLength(SKIPPED_MAX);
    expect(bob.receive(first)).toBeNull();
  });

  it('keeps one for a week', () => {
    const { alice, bob } = pair();
    const [early, late] = [alice.send('early'), alice.send('late')];
    bob.receive(alice.send('after them'));
    expect(bob.receive(early, NOW + SKIPPED_MS)).toBe('early');
    expect(bob.receive(late, NOW + SKIPPED_MS + 1)).toBeNull();
    expect(bob.receive(alice.send('again'), NOW + SKIPPED_MS + 1)).toBe('again');
    expect(bob.ratchet.skipped).toEqual([]);
  });

  it('is not turned by a key that gives no secret', () => {
    const { alice, bob } = pair();
    const message = alice.send('text');
    expect(bob.receive(withHeader(message, { ratchetKey: Buffer.alloc(32) }))).toBeNull();
    expect(startRatchet(pair().agreement, Buffer.alloc(32))).toBeNull();
  });
});

describe('a stolen state (check 10)', () => {
  it('opens nothing that was received before', () => {
    const { alice, bob } = pair();
    const messages = ['one', 'two'].map((text) => alice.send(text));
    for (const message of messages) bob.receive(message);
    const reply = bob.send('three');
    alice.receive(reply);
    for (const message of messages) expect(decrypt(bob.ratchet, message, TO_BOB, NOW)).toBeNull();
    expect(decrypt(alice.ratchet, reply, TO_ALICE, NOW)).toBeNull();
    // Neither keeps a key of them: what the sender has now opens none of his own either.
    for (const message of messages) expect(decrypt(alice.ratchet, message, TO_BOB, NOW)).toBeNull();
  });

  it('opens nothing new after one round trip of both sides', () => {
    const { alice, bob } = pair();
    bob.receive(alice.send('one'));
    const stolen = bob.ratchet;
    alice.receive(bob.send('two'));
    const during = alice.send('three');
    expect(decrypt(stolen, during, TO_BOB, NOW)?.plaintext.toString()).toBe('three');
    bob.receive(during);
    alice.receive(bob.send('four'));
    const message = alice.send('five');
    expect(decrypt(stolen, message, TO_BOB, NOW)).toBeNull();
    expect(bob.receive(message)).toBe('five');
  });
});

const keyOf = ({ own }: Ratchet): string => own.publicKey.toString('hex');

describe('the model (checks 8 and 10)', () => {
  it('shows each message that arrived once, whatever is lost, repeated or out of order', {
    timeout: 120_000,
  }, () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('send' as const), from: fc.boolean() }),
      fc.record({ kind: fc.constant('arrive' as const), to: fc.boolean(), which: fc.nat() }),
      fc.record({ kind: fc.constant('again' as const), to: fc.boolean(), which: fc.nat() }),
      fc.record({ kind: fc.constant('lose' as const), to: fc.boolean(), which: fc.nat() }),
    );
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 200 }), (steps) => {
        const { alice, bob } = pair();
        const sides = { true: alice, false: bob };
        const way = {
          true: [] as { text: string; message: Buffer }[],
          false: [] as { text: string; message: Buffer }[],
        };
        const come = { true: [] as Buffer[], false: [] as Buffer[] };
        let count = 0;
        for (const each of steps) {
          if (each.kind === 'send') {
            const sender = sides[`${each.from}`];
            if (!canSend(sender.ratchet)) continue;
            const text = `${count++}`;
            way[`${!each.from}`].push({ text, message: sender.send(text) });
            continue;
          }
          const receiver = sides[`${each.to}`];
          const list = each.kind === 'again' ? [] : way[`${each.to}`];
          if (each.kind === 'again') {
            const old = come[`${each.to}`];
            const message = old[each.which % Math.max(1, old.length)];
            if (message) expect(receiver.receive(message)).toBeNull();
            continue;
          }
          const [taken] = list.splice(each.which % Math.max(1, list.length), 1);
          if (!taken || each.kind === 'lose') continue;
          expect(receiver.receive(taken.message)).toBe(taken.text);
          come[`${each.to}`].push(taken.message);
        }
      }),
      { numRuns: 4_000, verbose: 1 },
    );
  });

  it('a state stolen at any point opens nothing that came before, and nothing sent after one round trip', {
    timeout: 120_000,
  }, () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('send' as const), alice: fc.boolean() }) },
      {
        weight: 4,
        arbitrary: fc.record({
          kind: fc.constant('arrive' as const),
          alice: fc.boolean(),
          which: fc.nat({ max: 2 }),
        }),
      },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('steal' as const), alice: fc.boolean() }) },
    );
    let opened = 0;
    let healed = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), (steps) => {
        const people = pair();
        const sideOf = (alice: boolean) => {
          const own = alice ? people.alice : people.bob;
          return {
            own,
            /** Ratchet keys that it ever had. */
            keys: new Set<string>([keyOf(own.ratchet)]),
            /** On its way here, each with the key of this side that it was made for. */
            way: [] as { message: Buffer; madeFor: string }[],
            come: [] as Buffer[],
            thefts: [] as { state: Ratchet; keys: Set<string> }[],
            direction: alice ? TO_ALICE : TO_BOB,
          };
        };
        const sides = { true: sideOf(true), false: sideOf(false) };
        for (const each of steps) {
          const side = sides[`${each.alice}`];
          const other = sides[`${!each.alice}`];
          if (each.kind === 'send') {
            if (!canSend(side.own.ratchet)) continue;
            const madeFor = side.own.ratchet.peer?.toString('hex') ?? '';
            other.way.push({ message: side.own.send('x'), madeFor });
          } else if (each.kind === 'steal') {
            const state = side.own.ratchet;
            for (const message of side.come) expect(decrypt(state, message, side.direction, NOW)).toBeNull();
            side.thefts.push({ state, keys: new Set(side.keys) });
          } else {
            const [taken] = side.way.splice(each.which % Math.max(1, side.way.length), 1);
            if (!taken) continue;
            for (const theft of side.thefts) {
              // The thief reads along for as long as he can.
              const read = decrypt(theft.state, taken.message, side.direction, NOW);
              const isHealed = !theft.keys.has(taken.madeFor);
              if (isHealed) expect(read).toBeNull();
              healed += isHealed ? 1 : 0;
              opened += read ? 1 : 0;
              theft.state = read?.ratchet ?? theft.state;
            }
            expect(side.own.receive(taken.message)).toBe('x');
            side.come.push(taken.message);
            side.keys.add(keyOf(side.own.ratchet));
          }
        }
      }),
      { numRuns: 2_000, verbose: 1 },
    );
    // The thief is one who can read, and is shut out.
    expect(opened).toBeGreaterThan(1_000);
    expect(healed).toBeGreaterThan(1_000);
  });
});
