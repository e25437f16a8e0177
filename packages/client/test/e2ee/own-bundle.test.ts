import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleHash, openBundle } from '@secure-chat/crypto/e2ee/bundle';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeIdentity } from '../../src/account.ts';
import { BUNDLE_MS, createOwnBundles, KEEP_MS, ROTATE_MS } from '../../src/own-bundle.ts';
import { createProfile, type Profile } from '../../src/profile/profile.ts';
import type { Session } from '../../src/session.ts';
import { TransportError } from '../../src/transport-error.ts';
import { NO_STREAM } from '../legacy-only.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

let root: string;
let profile: Profile;
let now: number;
/** What the server has, in base64; and what it answers instead of taking the next one. */
let published: string[];
let refusal: TransportError | null;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'secure-chat-bundles-'));
  profile = await createProfile({
    profile: join(root, 'alice'),
    password: 'correct horse',
    identity: makeIdentity('alice', rsa),
    cost: { memoryKib: 1024, passes: 1, lanes: 1 },
  });
  now = 1_800_000_000_000;
  published = [];
  refusal = null;
});
afterEach(async () => {
  profile.close();
  await rm(root, { recursive: true, force: true });
});

const opened = (bundle: string) => openBundle(Buffer.from(bundle, 'base64'));
const serials = () => published.map((bundle) => opened(bundle)?.serial);
const hashOf = (bundle: string) => bundleHash(Buffer.from(bundle, 'base64'));

const session: Session = {
  async request(request) {
    if (refusal) throw refusal;
    const given = Object(request.body ?? {}).bundle as string | undefined;
    if (given === undefined) return answered(request.response({ bundle: published.at(-1) }));
    const known = opened(published.at(-1) ?? '')?.serial ?? 0;
    if ((opened(given)?.serial ?? 0) <= known)
      throw new TransportError('refused', 'It is old.', { status: 409, code: 'old_bundle' });
    published.push(given);
    return answered(request.response({ status: 'OK' }));
  },
  stream: NO_STREAM,
  end: async () => undefined,
};
function answered<T>(answer: T | null): T {
  if (answer === null) throw new Error('not an answer');
  return answer;
}

const open = () => createOwnBundles({ profile, session, username: 'alice', now: () => now });

describe('own bundles', () => {
  it('are made with the first identity, published once, and kept over a restart', async () => {
    expect(await open().publish()).toBe(true);
    expect(await open().publish()).toBe(true);
    expect(serials()).toEqual([1]);
    const bundle = opened(published[0] ?? '');
    expect(bundle).toMatchObject({ username: 'alice', expiresAt: now + BUNDLE_MS });
    expect(bundle?.encryptionKey.equals(createPublicKey(rsa))).toBe(true);
    expect(bundle?.identityKey).toEqual(open().identity().publicKey);
  });

  it('are replaced weekly; the private halves of the one before are deleted 14 days later', async () => {
    const bundles = open();
    await bundles.publish();
    const first = hashOf(published[0] ?? '');
    now += ROTATE_MS - 1;
    await bundles.publish();
    expect(serials()).toEqual([1]);
    now += 1;
    await bundles.publish();
    expect(serials()).toEqual([1, 2]);
    now += KEEP_MS - 1;
    await bundles.publish();
    expect(bundles.published(first)).not.toBeNull();
    now += 1;
    await bundles.publish();
    expect(bundles.published(first)).toBeNull();
    expect(profile.ownKeys.bundles().at(-1)).toMatchObject({ serial: 1, prekeys: null });
    expect(bundles.published(hashOf(published[1] ?? ''))).not.toBeNull();
  });

  it('keep their private halves as long as the server has no later one: who is away can be written to', async () => {
    const bundles = open();
    await bundles.publish();
    now += ROTATE_MS + KEEP_MS + 1;
    refusal = new TransportError('unreachable', 'Cannot reach it.');
    await expect(bundles.publish()).rejects.toBe(refusal);
    expect(bundles.published(hashOf(published[0] ?? ''))).not.toBeNull();
  });

  it('that did not arrive are sent again, the same bytes', async () => {
    refusal = new TransportError('unreachable', 'Cannot reach it.');
    await expect(open().publish()).rejects.toBe(refusal);
    const [made] = profile.ownKeys.bundles();
    refusal = null;
    await open().publish();
    expect(published).toEqual([made?.bundle]);
  });

  it('go beyond a serial that the server has already: another copy of the profile has published', async () => {
    await open().publish();
    const other = await createProfile({
      profile: join(root, 'copy'),
      password: 'correct horse',
      identity: makeIdentity('alice', rsa),
      cost: { memoryKib: 1024, passes: 1, lanes: 1 },
    });
    const copy = createOwnBundles({ profile: other, session, username: 'alice', now: () => now });
    await copy.publish();
    other.close();
    expect(serials()).toEqual([1, 2]);
    expect(opened(published[1] ?? '')?.identityKey).toEqual(
      profile.ownKeys.identity() && opened(published[1] ?? '')?.identityKey,
    );
  });

  it('are not missed on a server that keeps none', async () => {
    refusal = new TransportError('refused', 'No such endpoint.', { status: 404, code: 'not_found' });
    expect(await open().publish()).toBe(false);
    refusal = null;
    expect(await open().publish()).toBe(true);
  });

  it('are under a new identity when one was taken, and sessions of before send no more', async () => {
    const bundles = open();
    await bundles.publish();
    const before = bundles.identity().publicKey;
    bundles.renewIdentity();
    await bundles.publish();
    expect(bundles.identity().publicKey).not.toEqual(before);
    expect(opened(published[1] ?? '')?.identityKey).toEqual(bundles.identity().publicKey);
    expect(serials()).toEqual([1, 2]);
  });

  it('of a hash that was never published are null', async () => {
    await open().publish();
    expect(open().published(Buffer.alloc(32))).toBeNull();
  });
});
