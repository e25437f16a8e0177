import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { Ok, PasswordRequest } from '@secure-chat/wire/api';
import { foldName } from '@secure-chat/wire/names';
import type { Accounts } from '../accounts.ts';
import { areEqual } from '../equal-hashes.ts';
import type { InTurn } from '../in-turn.ts';
import type { Nonces } from '../nonces.ts';
import type { PasswordTries } from '../password-tries.ts';
import type { RegistrationKey } from '../registration-key.ts';
import { sealedHashes } from '../sealed-hashes.ts';
import type { Sessions } from '../sessions.ts';
import { tooMany } from '../too-many.ts';

export interface ChangePasswordParts {
  readonly accounts: Pick<Accounts, 'find' | 'changePasswordHash'>;
  readonly sessions: Pick<Sessions, 'closeOthers'>;
  /** Those of registrations. */
  readonly nonces: Nonces;
  readonly key: RegistrationKey;
  readonly tries: PasswordTries;
  readonly inTurn: InTurn;
}

/** protocol: `POST /chat/auth/password`. */
export const changePassword = (parts: ChangePasswordParts): Operation => {
  const { accounts, sessions, nonces, key, tries, inTurn } = parts;
  return signedOperation({
    method: 'POST',
    path: '/chat/auth/password',
    body: PasswordRequest,
    response: Ok,
    async handle({ caller: { username, sessionId }, network, body }) {
      if (!nonces.isGood(body.nonce, '')) throw new AppError('bad_nonce');
      const [given = '', wanted = ''] = sealedHashes(key, body, 2);
      return inTurn(foldName(username), async () => {
        const waitMs = await tries.wait(username, network);
        if (waitMs > 0) throw tooMany(waitMs);
        if (!nonces.redeem(body.nonce, '')) throw new AppError('bad_nonce');
        const account = await accounts.find(username);
        if (!account) throw new AppError('unauthorized');
        if (!areEqual(account.passwordHash, given)) {
          await tries.wrong(username, network);
          throw new AppError('wrong_password');
        }
        await tries.right(username, network);
        // First: a crash in between leaves the old password and one session, not sessions of who knew the old one.
        await sessions.closeOthers(username, sessionId);
        await accounts.changePasswordHash(username, wanted);
        return DONE;
      });
    },
  });
};
