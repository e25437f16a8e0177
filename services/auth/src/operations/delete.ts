import { AppError } from '@secure-chat/service-kit/app-error';
import { DONE, type Operation, signedOperation } from '@secure-chat/service-kit/operation';
import { DeleteRequest, Ok } from '@secure-chat/wire/api';
import { foldName } from '@secure-chat/wire/names';
import type { Accounts } from '../accounts.ts';
import type { Deletion } from '../deletion.ts';
import { areEqual } from '../equal-hashes.ts';
import type { InTurn } from '../in-turn.ts';
import type { Nonces } from '../nonces.ts';
import type { PasswordTries } from '../password-tries.ts';
import type { RegistrationKey } from '../registration-key.ts';
import { sealedHashes } from '../sealed-hashes.ts';
import { tooMany } from '../too-many.ts';

export interface DeleteParts {
  readonly accounts: Pick<Accounts, 'find'>;
  readonly deletion: Deletion;
  /** Those of registrations. */
  readonly nonces: Nonces;
  readonly key: RegistrationKey;
  readonly tries: PasswordTries;
  readonly inTurn: InTurn;
}

/** protocol: `POST /chat/auth/delete`: whoever has found an open session cannot do it without the password. */
export const deleteAccount = ({ accounts, deletion, nonces, key, tries, inTurn }: DeleteParts): Operation =>
  signedOperation({
    method: 'POST',
    path: '/chat/auth/delete',
    body: DeleteRequest,
    response: Ok,
    async handle({ caller: { username }, network, body }) {
      if (!nonces.isGood(body.nonce, '')) throw new AppError('bad_nonce');
      const [given = ''] = sealedHashes(key, body, 1);
      await inTurn(foldName(username), async () => {
        const waitMs = await tries.wait(username, network);
        if (waitMs > 0) throw tooMany(waitMs);
        if (!nonces.redeem(body.nonce, '')) throw new AppError('bad_nonce');
        const account = await accounts.find(username);
        if (!account) throw new AppError('unauthorized');
        if (areEqual(account.passwordHash, given)) return;
        await tries.wrong(username, network);
        throw new AppError('wrong_password');
      });
      await deletion.delete(username);
      return DONE;
    },
  });
