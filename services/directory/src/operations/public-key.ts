import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { PublicKey } from '@secure-chat/wire/api';
import { isUsername } from '@secure-chat/wire/names';
import { findCaughtUp } from '../find-caught-up.ts';
import type { Users } from '../users.ts';

export interface PublicKeyParts {
  readonly users: Users;
  /** Resolves when all that was registered before the call is here. */
  readonly caughtUp: () => Promise<void>;
}

/** wire contract: `GET /chat/{username}/publickey`. */
export const publicKey = ({ users, caughtUp }: PublicKeyParts): Operation =>
  signedOperation({
    method: 'GET',
    path: '/chat/:username/publickey',
    response: PublicKey,
    async handle({ username }) {
      if (!isUsername(username)) throw new AppError('bad_name');
      const found = await findCaughtUp(() => users.publicKey(username), caughtUp);
      if (found === null) throw new AppError('unknown_user');
      return { value: { 'public-key': found } };
    },
  });
