import { verifyLoginProof } from '@secure-chat/crypto/login-proof';
import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { LoginRequest, LoginResponse } from '@secure-chat/wire/api';
import { foldName, isUsername } from '@secure-chat/wire/names';
import { type Accounts, encryptTo } from '../accounts.ts';
import type { Decoys } from '../decoys.ts';
import type { CountLogin } from '../login-counts.ts';
import type { Nonces } from '../nonces.ts';
import type { PublishUser } from '../publish-user.ts';
import type { Sessions } from '../sessions.ts';

export interface LoginParts {
  readonly accounts: Accounts;
  readonly decoys: Decoys;
  readonly nonces: Nonces;
  readonly sessions: Sessions;
  readonly publishUser: PublishUser;
  readonly logins: CountLogin;
}

/** wire contract: `POST /chat/auth/login`. */
export const login = ({ accounts, decoys, nonces, sessions, publishUser, logins }: LoginParts): Operation =>
  openOperation({
    method: 'POST',
    path: '/chat/auth/login',
    body: LoginRequest,
    response: LoginResponse,
    async handle({ body }) {
      const { username, challenge_response: nonce, proof, signatures } = body;
      if (!isUsername(username)) throw new AppError('unauthorized');
      const fresh = nonces.redeem(nonce, foldName(username));
      const decoy = decoys.for(username);
      const account = await accounts.find(username);
      const proven = verifyLoginProof((account ?? decoy).passwordHash, nonce, proof);
      if (!fresh || !account || !proven) {
        logins(fresh ? 'wrong_proof' : 'bad_challenge');
        throw new AppError('unauthorized');
      }
      // A crash between the account and its record is mended here at the latest.
      if (!account.published) await publishUser(account);
      const { sessionId, sessionKey } = await sessions.open(account.username, signatures);
      logins('opened');
      return { value: { 'session-key': encryptTo(account, sessionKey), 'session-id': sessionId } };
    },
  });
