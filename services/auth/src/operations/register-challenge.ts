import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { RegisterChallenge } from '@secure-chat/wire/api';
import type { Nonces } from '../nonces.ts';
import type { RegistrationKey } from '../registration-key.ts';

/** wire contract: `GET /chat/auth/register-challenge`. */
export const registerChallenge = (parts: { nonces: Nonces; key: RegistrationKey }): Operation =>
  openOperation({
    method: 'GET',
    path: '/chat/auth/register-challenge',
    response: RegisterChallenge,
    handle: () => ({ value: { public_key: parts.key.publicKey, nonce: parts.nonces.issue('') } }),
  });
