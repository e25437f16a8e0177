import { createPublicKey } from 'node:crypto';
import { bundleHash, openBundle, signBundle } from '@secure-chat/crypto/e2ee/bundle';
import { generateIdentity, type IdentityKeyPair } from '@secure-chat/crypto/e2ee/identity';
import type { PublishedBundle } from '@secure-chat/crypto/e2ee/key-exchange';
import { decodePrekeys, encodePrekeys, generatePrekeys } from '@secure-chat/crypto/e2ee/prekeys';
import { profileDamaged } from './client-error.ts';
import type { OwnBundle } from './profile/own-keys.ts';
import type { Profile } from './profile/profile.ts';
import { getBundle, putBundle } from './requests.ts';
import type { Session } from './session.ts';
import { TransportError } from './transport-error.ts';

/** e2ee.md, "Identity, bundle": one's own, and their prekeys. */

const DAY_MS = 24 * 60 * 60_000;
/** Milliseconds for which prekeys are published. */
export const ROTATE_MS = 7 * DAY_MS;
/** Milliseconds for which the private halves are kept after that: who looked the bundle up just before may write so long. */
export const KEEP_MS = 14 * DAY_MS;
/** Milliseconds for which a bundle may be used by others: who is away for longer cannot be written to. */
export const BUNDLE_MS = 90 * DAY_MS;
/** Serials tried against a server that has later ones: two copies of a profile that publish in turn. */
const TRIES = 3;

/** Serials that another copy of the profile may be ahead: a server that claims more would use them all up. */
const LEAP_MAX = 1_000_000;
const ABSURD = 'it claims a serial of your keys that no copy of this profile can have reached.';

/** Prekey ids have 4 bytes. */
const prekeyId = (serial: number): number => serial % 2 ** 32;

export interface OwnBundles {
  /** Throws ClientError profile_damaged when there is none yet. */
  identity(): IdentityKeyPair;
  /** The private halves of a bundle that may still be used; null for any other. `hash`: SHA-256, 32 bytes. */
  published(hash: Buffer): PublishedBundle | null;
  /**
   * Publishes a new bundle where one is due, deletes private halves whose time is over. False when the server keeps no
   * bundles. Throws TransportError.
   */
  publish(): Promise<boolean>;
  /** Takes another identity, to be published. */
  renewIdentity(): void;
}

export function createOwnBundles(options: {
  profile: Profile;
  session: Session;
  username: string;
  now: () => number;
}): OwnBundles {
  const { profile, session, username, now } = options;
  const { ownKeys } = profile;
  const { privateKey } = profile.identity.get();

  function make(serial: number): OwnBundle {
    const identity = ownKeys.identity() ?? generateIdentity();
    const prekeys = generatePrekeys();
    const bundle = signBundle(
      {
        username,
        encryptionKey: createPublicKey(privateKey),
        identityKey: identity.publicKey,
        prekey: { id: prekeyId(serial), key: prekeys.prekey.publicKey },
        kemPrekey: { id: prekeyId(serial), key: Buffer.from(prekeys.kemPrekey.publicKey) },
        serial,
        expiresAt: now() + BUNDLE_MS,
      },
      identity,
    );
    const made = {
      serial,
      hash: bundleHash(bundle).toString('hex'),
      bundle: bundle.toString('base64'),
      prekeys: encodePrekeys(prekeys).toString('base64'),
      madeAt: now(),
      publishedAt: null,
      replacedAt: null,
    };
    // Before it leaves: else its log entry would look like somebody else's.
    profile.transaction(() => {
      ownKeys.setIdentity(identity);
      ownKeys.putBundle(made);
    });
    return made;
  }

  /** The bundle to publish: the newest, or one that is made now. */
  function due(): OwnBundle | null {
    const [newest] = ownKeys.bundles();
    if (!newest || now() - newest.madeAt >= ROTATE_MS) return make((newest?.serial ?? 0) + 1);
    return newest.publishedAt === null ? newest : null;
  }

  /** True when the server has it, false when it has a later one. */
  async function put({ bundle }: OwnBundle): Promise<boolean> {
    try {
      await session.request(putBundle(bundle));
      return true;
    } catch (error) {
      if (error instanceof TransportError && error.code === 'old_bundle') return false;
      throw error;
    }
  }

  async function laterSerial(): Promise<number> {
    const { bundle } = await session.request(getBundle(username));
    const theirs = openBundle(Buffer.from(bundle, 'base64'))?.serial ?? 0;
    const own = ownKeys.bundles()[0]?.serial ?? 0;
    if (theirs > own + LEAP_MAX) throw new TransportError('refused', ABSURD);
    return Math.max(theirs, own) + 1;
  }

  function settle(published: OwnBundle): void {
    profile.transaction(() => {
      for (const bundle of ownKeys.bundles())
        if (bundle.serial === published.serial) ownKeys.putBundle({ ...bundle, publishedAt: now() });
        else if (bundle.replacedAt === null) ownKeys.putBundle({ ...bundle, replacedAt: now() });
    });
  }

  /** A bundle that was made and never published has no use for its keys either, once a later one is out. */
  function forgetOldKeys(): void {
    const over = ownKeys
      .bundles()
      .filter(
        ({ prekeys, replacedAt }) => prekeys !== null && replacedAt !== null && now() - replacedAt >= KEEP_MS,
      );
    if (over.length === 0) return;
    profile.transaction(() => {
      for (const bundle of over) ownKeys.putBundle({ ...bundle, prekeys: null });
    });
    profile.sweep();
  }

  return {
    identity() {
      const identity = ownKeys.identity();
      if (!identity) throw profileDamaged();
      return identity;
    },
    published(hash) {
      const found = ownKeys.bundles().find((bundle) => bundle.hash === hash.toString('hex'));
      if (!found?.prekeys) return null;
      const prekeys = decodePrekeys(Buffer.from(found.prekeys, 'base64'));
      if (!prekeys) throw profileDamaged();
      return {
        encryptionKey: privateKey,
        prekey: { id: prekeyId(found.serial), pair: prekeys.prekey },
        kemPrekey: { id: prekeyId(found.serial), secretKey: prekeys.kemPrekey.secretKey },
      };
    },
    async publish() {
      forgetOldKeys();
      let bundle = due();
      try {
        for (let tries = 0; bundle && tries < TRIES; tries += 1)
          if (await put(bundle)) {
            settle(bundle);
            bundle = null;
          } else bundle = make(await laterSerial());
        return true;
      } catch (error) {
        if (error instanceof TransportError && error.status === 404) return false;
        throw error;
      }
    },
    renewIdentity() {
      profile.transaction(() => {
        ownKeys.setIdentity(generateIdentity());
        ownKeys.expireNewest();
        profile.ratchets.retireAll();
        // Their safety numbers are new: nobody has compared them.
        for (const contact of profile.peers.all()) {
          const peer = profile.peers.get(contact);
          if (peer?.verified) profile.peers.put(contact, { ...peer, verified: false });
        }
      });
    },
  };
}
