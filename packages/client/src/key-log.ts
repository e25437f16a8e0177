import { createPublicKey } from 'node:crypto';
import { encryptionKeyHash } from '@secure-chat/crypto/e2ee/bundle';
import { keyLogHash } from '@secure-chat/crypto/e2ee/key-log';
import { foldName } from '@secure-chat/wire/names';
import { createTurns } from './in-turn.ts';
import type { Profile } from './profile/profile.ts';
import { getKeyLog, type KeyLogPage } from './requests.ts';
import type { Session } from './session.ts';
import { notAServer, TransportError } from './transport-error.ts';

/** e2ee.md, "Key log": what the server has published of all users, followed and checked. */

/** Milliseconds for which what was read counts as new: a key published in one's name is noticed within a minute. */
const RECENT_MS = 60_000;

/** Pages of 1,000 entries read at a time: presence, which lasts 6 s, is renewed in between. */
const PAGES_PER_TURN = 20;

export interface KeyLog {
  /**
   * Reads on to the end, unless it was read within the last minute and `fresh` is not asked for. False when more is left
   * than one turn takes. Throws TransportError.
   */
  follow(fresh?: boolean): Promise<boolean>;
  /** SHA-256 of a user's newest bundle in hex, as far as it was read; null for a user who published none. */
  bundle(username: string): string | null;
}

export function createKeyLog(options: {
  profile: Profile;
  session: Session;
  server: string;
  username: string;
  now: () => number;
  onWarning: () => void;
}): KeyLog {
  const { profile, session, now } = options;
  const { keyLog, ownKeys, warnings, ratchets } = profile;
  const own = foldName(options.username);
  let readAt = Number.NEGATIVE_INFINITY;
  const inTurn = createTurns();

  function warn(sentence: string): void {
    if (warnings.add(sentence)) options.onWarning();
  }

  /** Whether this client made what is said to be ours. */
  function isOurs({ kind, content }: KeyLogPage['entries'][number]): boolean {
    if (kind === 'bundle') return ownKeys.bundles().some(({ hash }) => hash === content);
    const key = createPublicKey(profile.identity.get().privateKey);
    return encryptionKeyHash(key).toString('hex') === content;
  }

  /**
   * Somebody else published keys in our name, or this profile is an old copy: nothing more is sent under keys that were used
   * elsewhere, and new ones are published over the strange ones.
   */
  function alarm(at: number): void {
    warn(strangeKeys(Math.min(at, now())));
    ratchets.retireAll();
    ownKeys.expireNewest();
  }

  /** False, with nothing changed, when the page does not continue what was read. */
  function take(page: KeyLogPage): boolean {
    const head = keyLog.head();
    if (page.from !== head.size || page.size < head.size + page.entries.length) return false;
    let { hash } = head;
    for (const entry of page.entries)
      hash = keyLogHash(hash, { ...entry, content: Buffer.from(entry.content, 'hex') });
    if (hash.toString('hex') !== page.hash) return false;
    for (const entry of page.entries) {
      if (entry.kind === 'bundle') keyLog.setBundle(entry.username, Buffer.from(entry.content, 'hex'));
      if (foldName(entry.username) === own && !isOurs(entry)) alarm(entry.at);
    }
    keyLog.setHead({ size: head.size + page.entries.length, hash });
    return true;
  }

  /** The page after what was read; an empty log when the server has none. */
  async function fetch(): Promise<KeyLogPage> {
    const { size, hash } = keyLog.head();
    try {
      return await session.request(getKeyLog(size));
    } catch (error) {
      if (!(error instanceof TransportError && error.status === 404)) throw error;
      const none = { from: 0, size: 0, entries: [] };
      return { ...none, hash: (size === 0 ? hash : Buffer.alloc(0)).toString('hex') };
    }
  }

  async function readOn(): Promise<boolean> {
    let begunAnew = false;
    for (let pages = 0; pages < PAGES_PER_TURN; pages += 1) {
      const page = await fetch();
      if (!profile.transaction(() => take(page))) {
        if (begunAnew) throw notAServer(options.server);
        begunAnew = true;
        profile.transaction(() => {
          warn(REWRITTEN);
          keyLog.forget();
        });
      } else if (keyLog.head().size === page.size) return true;
      else if (page.entries.length === 0) throw notAServer(options.server);
    }
    return false;
  }

  async function follow(fresh: boolean): Promise<boolean> {
    if (!fresh && now() - readAt < RECENT_MS) return true;
    const complete = await readOn();
    if (complete) readAt = now();
    return complete;
  }

  return {
    // Two that read the same page would take the second for another history.
    follow: (fresh = false) => inTurn(() => follow(fresh)),
    bundle: keyLog.bundle,
  };
}

const REWRITTEN =
  'The server has another history of published keys than before: it was set up anew, or somebody changed what it had ' +
  'said. Compare safety numbers with your contacts.';

const strangeKeys = (at: number): string =>
  `On ${new Date(at).toISOString().slice(0, 16).replace('T', ' at ')} UTC keys were published in your name that this profile did not ` +
  'make. Unless that was a copy of this profile, somebody else did it: have your contacts compare safety numbers.';
