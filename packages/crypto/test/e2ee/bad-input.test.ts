import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeBody, encodeBody, type KnownBody } from '../../src/e2ee/body.ts';
import { openBundle } from '../../src/e2ee/bundle.ts';
import { generateCurveKeyPair } from '../../src/e2ee/curve-keys.ts';
import { openEphemeral, sealEphemeral } from '../../src/e2ee/ephemeral.ts';
import { accept, initiate } from '../../src/e2ee/key-exchange.ts';
import { unpad } from '../../src/e2ee/padding.ts';
import { answerRatchet, decrypt, encrypt, type Ratchet, startRatchet } from '../../src/e2ee/ratchet.ts';
import { decodeRatchet, encodeRatchet } from '../../src/e2ee/ratchet-state.ts';
import { accepting, NOW, newPerson, type Person } from './people.ts';

/** Of each parser: all together more than 100,000. fast-check prints the seed of a run that fails. */
const RUNS = 25_000;
/** Milliseconds of CPU, far beyond what any input takes. */
const HANG_MS = 50;
const TO_BOB = { sender: 'alice', recipient: 'bob' };

const COMMON = { id: 'a', sentAt: NOW, earlier: ['b'], series: 'AAAAAAAAAAA' };
const BODIES: readonly KnownBody[] = [
  { kind: 'text', ...COMMON, number: 1, seconds: 60, text: 'Grüße' },
  { kind: 'timer', ...COMMON, number: 2, seconds: 60 },
  {
    kind: 'missing',
    ...COMMON,
    ranges: [
      [1, 3],
      [9, 12],
    ],
  },
];

let bob: Person;
let keyExchange: Buffer;
let message: Buffer;
let ratchet: Ratchet;
beforeAll(async () => {
  const [alice, bobby] = await Promise.all([newPerson('alice'), newPerson('bob')]);
  bob = bobby;
  const { username, identity } = alice;
  const started = initiate({ username, identity, bundle: bob.bundle, now: NOW });
  const prekey = generateCurveKeyPair('X25519');
  const first = started && startRatchet(started.agreement, prekey.publicKey);
  if (!started || !first) throw new Error('not started');
  keyExchange = started.keyExchange;
  message = encrypt(first, Buffer.from('text'), TO_BOB).message;
  ratchet = answerRatchet(started.agreement, prekey);
}, 60_000);

/** Random bytes; and a sound input with bytes replaced, taken out, put in, or with its lengths exchanged. */
const inputs = (sound: Buffer): fc.Arbitrary<Uint8Array> => {
  const place = fc.nat(sound.length - 1);
  const changed = fc
    .array(fc.record({ at: place, drop: fc.nat(8), put: fc.uint8Array({ maxLength: 8 }) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((edits) =>
      edits.reduce<Buffer>(
        (bytes, { at, drop, put }) => Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(at + drop)]),
        sound,
      ),
    );
  return fc.oneof(fc.uint8Array({ maxLength: 600 }), changed);
};

/** Milliseconds of CPU, whatever else the machine does. */
function cpuMsOf(act: () => void): number {
  const start = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

/** Neither throws nor takes long, and finds nothing sound in what is not the sound input. */
function expectRefused(sound: Buffer, parse: (bytes: Uint8Array) => unknown): void {
  fc.assert(
    fc.property(inputs(sound), (bytes) => {
      fc.pre(!sound.equals(bytes));
      const refuse = () => expect(parse(bytes)).toBeNull();
      // The collector may have run in one of the turns; an input that hangs does so in each.
      const isLong = () => cpuMsOf(refuse) > HANG_MS;
      expect(isLong() && isLong() && isLong()).toBe(false);
    }),
    { numRuns: RUNS },
  );
}

describe('what others send', { timeout: 300_000 }, () => {
  it('is no bundle', () => {
    expectRefused(bob.bundle, openBundle);
  });

  it('is no key exchange, and asks for no private key', () => {
    const publishedBundle = (): never => {
      throw new Error('a private key was asked for');
    };
    const options = accepting(bob, { ...bob, username: 'alice' }, { publishedBundle });
    expectRefused(keyExchange, (bytes) => ('refused' in accept(bytes, options) ? null : 'accepted'));
  });

  it('is no message, and changes no state', () => {
    const before = encodeRatchet(ratchet);
    expectRefused(message, (bytes) => decrypt(ratchet, bytes, TO_BOB, NOW));
    expect(encodeRatchet(ratchet)).toEqual(before);
    expect(decrypt(ratchet, message, TO_BOB, NOW)?.plaintext.toString()).toBe('text');
  });

  it('is no typing notice', () => {
    const sound = sealEphemeral(ratchet, TO_BOB, { kind: 'typing', typing: true, sentAt: NOW });
    expectRefused(sound, (bytes) => openEphemeral(ratchet, TO_BOB, bytes));
  });

  it.each(BODIES)('is no $kind of another form: whatever comes back is what was written', (sound) => {
    fc.assert(
      fc.property(inputs(encodeBody(sound)), (bytes) => {
        const decoded = decodeBody(bytes);
        if (decoded && decoded.kind !== 'unknown') expect(encodeBody(decoded)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: RUNS },
    );
  });

  it('is no padded body of another form', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1_100 }), (bytes) => {
        expect(unpad(bytes)).toBeNull();
      }),
      { numRuns: RUNS },
    );
  });

  it('is no stored ratchet: whatever comes back is what was written', () => {
    const sound = encodeRatchet(ratchet);
    fc.assert(
      fc.property(inputs(sound), (bytes) => {
        const decoded = decodeRatchet(bytes);
        if (decoded) expect(encodeRatchet(decoded)).toEqual(Buffer.from(bytes));
      }),
      { numRuns: RUNS },
    );
  });
});
