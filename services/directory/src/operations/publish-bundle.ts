import { fromBase64 } from '@secure-chat/crypto/e2ee/base64';
import {
  bundleHash,
  encryptionKeyHash,
  type Bundle as Opened,
  openBundle,
} from '@secure-chat/crypto/e2ee/bundle';
import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Bundle, Ok } from '@secure-chat/wire/api';
import { BUNDLE_LIFE_MAX_MS, BUNDLES_PER_HOUR } from '@secure-chat/wire/limits';
import { findCaughtUp } from '../find-caught-up.ts';
import type { KeyLogTables } from '../key-log/tables.ts';
import type { KeyLogWriter } from '../key-log/writer.ts';
import type { Users } from '../users.ts';

const HOUR_MS = 60 * 60_000;

export interface PublishBundleParts {
  readonly users: Users;
  readonly tables: KeyLogTables;
  readonly writer: KeyLogWriter;
  /** Resolves when all that was registered or published before the call is here. */
  readonly caughtUp: () => Promise<void>;
  readonly clock: () => number;
}

/** protocol: `PUT /chat/keys/bundle`. The same bundle again, as after an answer that was lost, changes nothing. */
export const publishBundle = ({ users, tables, writer, caughtUp, clock }: PublishBundleParts): Operation => {
  /** The bundle, if it is one of this user that may be published now. Throws `bad_bundle`. */
  async function checked(name: string, bytes: Buffer | null): Promise<{ bytes: Buffer; opened: Opened }> {
    const opened = bytes && openBundle(bytes);
    if (!opened || !isTimely(opened, clock())) throw new AppError('bad_bundle');
    const user = await findCaughtUp(() => users.key(name), caughtUp);
    if (opened.username !== user?.username) throw new AppError('bad_bundle');
    if (encryptionKeyHash(opened.encryptionKey).toString('hex') !== user.keyHash)
      throw new AppError('bad_bundle');
    return { bytes, opened };
  }

  /** Throws `too_many`. */
  async function checkRate(name: string): Promise<void> {
    const at = await tables.bundleAt(name, BUNDLES_PER_HOUR - 1);
    const left = at === null ? 0 : at + HOUR_MS - clock();
    if (left > 0) throw new AppError('too_many', { retryAfter: Math.ceil(left / 1_000) });
  }

  return signedOperation({
    method: 'PUT',
    path: '/chat/keys/bundle',
    body: Bundle,
    response: Ok,
    async handle({ caller: { username: name }, body: { bundle } }) {
      if ((await tables.bundle(name)) === bundle) return DONE;
      const { bytes, opened } = await checked(name, fromBase64(bundle));
      await writer.add(name, async () => {
        const stored = await tables.bundle(name);
        if (stored === bundle) return null;
        if (stored !== null && opened.serial <= serialOf(stored)) throw new AppError('old_bundle');
        await checkRate(name);
        return { username: opened.username, kind: 'bundle', content: bundleHash(bytes), bundle };
      });
      return DONE;
    },
  });
};

const isTimely = ({ expiresAt }: Opened, now: number): boolean =>
  expiresAt > now && expiresAt <= now + BUNDLE_LIFE_MAX_MS;

/** Of a bundle that was accepted. */
const serialOf = (bundle: string): number => openBundle(Buffer.from(bundle, 'base64'))?.serial ?? -1;
