import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Bundle } from '@secure-chat/wire/api';
import { isUsername } from '@secure-chat/wire/names';
import { findCaughtUp } from '../find-caught-up.ts';
import type { KeyLogTables } from '../key-log/tables.ts';
import type { Users } from '../users.ts';

export interface BundleParts {
  readonly users: Users;
  readonly tables: KeyLogTables;
  /** Resolves when all that was registered or published before the call is here. */
  readonly caughtUp: () => Promise<void>;
}

/** protocol: `GET /chat/{username}/bundle`. */
export const bundle = ({ users, tables, caughtUp }: BundleParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/:username/bundle',
    response: Bundle,
    async handle({ username }) {
      if (!isUsername(username)) throw new AppError('bad_name');
      const found = await findCaughtUp(() => tables.bundle(username), caughtUp);
      if (found !== null) return { value: { bundle: found } };
      throw new AppError((await users.key(username)) === null ? 'unknown_user' : 'no_bundle');
    },
  });
