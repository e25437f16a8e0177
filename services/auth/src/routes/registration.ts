import { importPublicKey } from '@secure-chat/crypto/rsa';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { ServiceServer } from '@secure-chat/service-kit/service-server';
import { RegisterChallenge, RegisterRequest, RegisterResponse } from '@secure-chat/wire/api';
import { isUsername } from '@secure-chat/wire/names';
import type { Accounts } from '../accounts.ts';
import type { Nonces } from '../nonces.ts';
import type { PublishUser } from '../publish-user.ts';
import type { RegistrationKey } from '../registration-key.ts';

export interface RegistrationParts {
  readonly accounts: Accounts;
  readonly nonces: Nonces;
  readonly key: RegistrationKey;
  readonly publishUser: PublishUser;
  readonly clock: () => number;
}

/** Printable ASCII without the separator: 64 hex digits from a v1 client, opaque to us. */
const PASSWORD_HASH = /^[\x21-\x7b\x7d\x7e]{1,128}$/;

/** wire contract: `GET /chat/auth/register-challenge`, `POST /chat/auth/register`. */
export function addRegistration(
  app: ServiceServer,
  { accounts, nonces, key, publishUser, clock }: RegistrationParts,
): void {
  app.get(
    '/chat/auth/register-challenge',
    { schema: { response: { 200: RegisterChallenge } } },
    async () => ({
      public_key: key.publicKey,
      nonce: nonces.issue(''),
    }),
  );

  app.post(
    '/chat/auth/register',
    { schema: { body: RegisterRequest, response: { 200: RegisterResponse } } },
    async (request) => {
      const { username, nonce, payload, 'public-key': publicKey } = request.body;
      if (!isUsername(username)) throw new AppError('bad_name');
      if (!importPublicKey(publicKey)) throw new AppError('bad_key');
      if (!nonces.redeem(nonce, '')) throw new AppError('bad_nonce');
      const [passwordHash = '', innerNonce, ...rest] = (key.decrypt(payload) ?? '').split('|');
      if (!PASSWORD_HASH.test(passwordHash) || innerNonce !== nonce || rest.length > 0)
        throw new AppError('bad_payload');
      const account = { username, publicKey, passwordHash, registeredAt: clock(), published: false };
      if (!(await accounts.add(account))) throw new AppError('name_taken');
      await publishUser(account);
      return { status: 'success' as const };
    },
  );
}
