import { beforeAll, describe, expect, it } from 'vitest';
import { encodeList } from '../../src/e2ee/byte-list.ts';
import { generateCurveKeyPair } from '../../src/e2ee/curve-keys.ts';
import {
  type Accepted,
  type AcceptOptions,
  AHEAD_MS_MAX,
  accept,
  EXCHANGE_MS_MAX,
  initiate,
  KEY_EXCHANGE_BYTES_MAX,
} from '../../src/e2ee/key-exchange.ts';
import { accepting, flipped, NOW, newPerson, type Person } from './people.ts';

let alice: Person;
let bob: Person;
let mallory: Person;
beforeAll(async () => {
  [alice, bob, mallory] = await Promise.all([newPerson('alice'), newPerson('bob'), newPerson('mallory')]);
}, 60_000);

function start(from: Person, to: Person, now = NOW) {
  const started = initiate({ username: from.username, identity: from.identity, bundle: to.bundle, now });
  if (!started) throw new Error('not started');
  return started;
}

/** A bundle whose private halves nobody may touch. */
const untouchable = (): never => {
  throw new Error('a private key was asked for');
};
const refusal = (accepted: Accepted): string => ('refused' in accepted ? accepted.refused : 'accepted');

/** Refused, for that reason, before a private key is asked for. */
function expectRefused(keyExchange: Uint8Array, reason: string, changed: Partial<AcceptOptions> = {}): void {
  const options = accepting(bob, alice, { publishedBundle: untouchable, ...changed });
  expect(refusal(accept(keyExchange, options))).toBe(reason);
}

describe('a key exchange', () => {
  it('gives both sides the same root, under one id', () => {
    const { agreement, keyExchange } = start(alice, bob);
    const accepted = accept(keyExchange, accepting(bob, alice));
    if ('refused' in accepted) throw new Error(accepted.refused);
    expect(accepted.agreement).toEqual(agreement);
    expect(agreement.root).toHaveLength(32);
    expect(accepted.prekey).toBe(bob.published.prekey.pair);
  });

  it('gives another root and id each time', () => {
    const [one, other] = [start(alice, bob).agreement, start(alice, bob).agreement];
    expect(one.root).not.toEqual(other.root);
    expect(one.exchangeId).not.toEqual(other.exchangeId);
  });

  it('is not started with a bundle that does not open', () => {
    const bundle = flipped(bob.bundle, 300);
    expect(initiate({ username: 'alice', identity: alice.identity, bundle, now: NOW })).toBeNull();
  });

  it('needs all three secrets: with one private key exchanged the root is another, or there is none', () => {
    const { agreement, keyExchange } = start(alice, bob);
    const { encryptionKey, prekey, kemPrekey } = bob.published;
    const others = [
      { encryptionKey: mallory.rsa.privateKey, prekey, kemPrekey },
      { encryptionKey, prekey: { ...prekey, pair: generateCurveKeyPair('X25519') }, kemPrekey },
      {
        encryptionKey,
        prekey,
        kemPrekey: { ...kemPrekey, secretKey: mallory.published.kemPrekey.secretKey },
      },
    ];
    for (const published of others) {
      const accepted = accept(keyExchange, accepting(bob, alice, { publishedBundle: () => published }));
      if ('agreement' in accepted) expect(accepted.agreement.root).not.toEqual(agreement.root);
      else expect(accepted.refused).toBe('no secret');
    }
  });

  it('is refused with the recipient, the sender or the identity swapped (check 3)', () => {
    const { keyExchange } = start(alice, bob);
    expectRefused(keyExchange, 'not for us', { username: 'mallory' });
    expectRefused(keyExchange, 'not for us', { sender: 'mallory' });
    expectRefused(keyExchange, 'unknown identity', { senderIdentity: mallory.identity.publicKey });
    expectRefused(keyExchange, 'unknown identity', { senderIdentity: null });
    // Signed to an identity of bob's that the directory made up.
    expectRefused(keyExchange, 'bad signature', { identityKey: mallory.identity.publicKey });
  });

  it("is refused under another's name, though signed by its maker", () => {
    const forged = initiate({ username: 'alice', identity: mallory.identity, bundle: bob.bundle, now: NOW });
    expectRefused(forged?.keyExchange ?? Buffer.alloc(0), 'unknown identity');
  });

  it('is refused with any bit flipped, before a private key is used', { timeout: 60_000 }, () => {
    const { keyExchange } = start(alice, bob);
    const options = accepting(bob, alice, { publishedBundle: untouchable });
    for (let bit = 0; bit < 8 * keyExchange.length; bit++)
      expect(refusal(accept(flipped(keyExchange, bit), options))).not.toBe('accepted');
  });

  it('is refused when it was seen before (check 4)', () => {
    const { keyExchange, agreement } = start(alice, bob);
    expectRefused(keyExchange, 'replayed', { isKnown: (id) => id.equals(agreement.exchangeId) });
  });

  it('is refused when it is too old, or of the future', () => {
    const at = (time: number) => start(alice, bob, time).keyExchange;
    expectRefused(at(NOW - EXCHANGE_MS_MAX - 1), 'stale');
    expectRefused(at(NOW + AHEAD_MS_MAX + 1), 'stale');
    for (const time of [NOW - EXCHANGE_MS_MAX, NOW + AHEAD_MS_MAX])
      expect(refusal(accept(at(time), accepting(bob, alice)))).toBe('accepted');
  });

  it('is refused for a bundle that is no longer kept, or whose prekeys have other ids', () => {
    const { keyExchange } = start(alice, bob);
    expectRefused(keyExchange, 'unknown bundle', { publishedBundle: () => null });
    const { prekey, kemPrekey } = bob.published;
    for (const changed of [{ prekey: { ...prekey, id: 1 } }, { kemPrekey: { ...kemPrekey, id: 1 } }])
      expectRefused(keyExchange, 'unknown bundle', {
        publishedBundle: () => ({ ...bob.published, ...changed }),
      });
  });

  it('is refused cut short, with more after it, too large, or of another kind', () => {
    const { keyExchange } = start(alice, bob);
    for (let length = 0; length < keyExchange.length; length += 5)
      expectRefused(keyExchange.subarray(0, length), 'malformed');
    expectRefused(Buffer.concat([keyExchange, Buffer.of(0)]), 'malformed');
    expectRefused(Buffer.alloc(KEY_EXCHANGE_BYTES_MAX + 1), 'malformed');
    expectRefused(encodeList(Array.from({ length: 13 }, () => 'x')), 'malformed');
    expectRefused(bob.bundle, 'malformed');
  });
});
