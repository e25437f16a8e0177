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
      // The user first: of a deleted account a bundle may be left.
      if (!(await findCaughtUp(() => users.key(username), caughtUp))) throw new AppError('unknown_user');
      const found = await findCaughtUp(() => tables.bundle(username), caughtUp);
      if (found === null) throw new AppError('no_bundle');
      return { value: { bundle: found } };
    },
  });
