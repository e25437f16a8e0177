import { importPublicKey } from '@secure-chat/crypto/rsa';
import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { RegisterRequest, RegisterResponse } from '@secure-chat/wire/api';
import { foldName, isUsername } from '@secure-chat/wire/names';
import type { Accounts } from '../accounts.ts';
import type { Admission } from '../admission.ts';
import type { InTurn } from '../in-turn.ts';
import type { Nonces } from '../nonces.ts';
import type { PublishUser } from '../publish-user.ts';
import type { RegistrationKey } from '../registration-key.ts';
import { sealedHashes } from '../sealed-hashes.ts';

export interface RegisterParts {
  readonly accounts: Pick<Accounts, 'add' | 'isTaken'>;
  readonly nonces: Nonces;
  readonly key: RegistrationKey;
  readonly publishUser: PublishUser;
  readonly admission: Admission;
  readonly inTurn: InTurn;
  readonly clock: () => number;
}

/** wire contract: `POST /chat/auth/register`. */
export const register = (parts: RegisterParts): Operation => {
  const { accounts, nonces, key, publishUser, admission, inTurn, clock } = parts;
  return openOperation({
    method: 'POST',
    path: '/chat/auth/register',
    body: RegisterRequest,
    response: RegisterResponse,
    async handle({ body }) {
      const { username, nonce, payload, 'public-key': publicKey, invite } = body;
      await admission.check(invite);
      if (!isUsername(username)) throw new AppError('bad_name');
      if (!importPublicKey(publicKey)) throw new AppError('bad_key');
      if (!nonces.isGood(nonce, '')) throw new AppError('bad_nonce');
      const [passwordHash = ''] = sealedHashes(key, { nonce, payload }, 1);
      if (await accounts.isTaken(username)) throw new AppError('name_taken');
      // Spent only now: what costs a stranger nothing must not fill the memory of used nonces.
      if (!nonces.redeem(nonce, '')) throw new AppError('bad_nonce');
      const account = {
        username,
        publicKey,
        passwordHash,
        registeredAt: clock(),
        published: false,
        suspended: false,
      };
      // In turn: the record of who is deleted meanwhile must not come after that of his deletion.
      return inTurn(foldName(username), async () => {
        if (!(await accounts.add(account, (change) => admission.admit(change, invite))))
          throw new AppError('name_taken');
        await publishUser(account);
        return { value: { status: 'success' as const } };
      });
    },
  });
};
