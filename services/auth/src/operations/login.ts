import { verifyLoginProof } from '@secure-chat/crypto/login-proof';
import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { LoginRequest, LoginResponse } from '@secure-chat/wire/api';
import { foldName, isUsername } from '@secure-chat/wire/names';
import { type Accounts, encryptTo } from '../accounts.ts';
import type { InTurn } from '../in-turn.ts';
import type { CountLogin } from '../login-counts.ts';
import type { Nonces } from '../nonces.ts';
import type { PublishUser } from '../publish-user.ts';
import type { Sessions } from '../sessions.ts';

export interface LoginParts {
  readonly accounts: Accounts;
  readonly nonces: Nonces;
  readonly sessions: Sessions;
  readonly publishUser: PublishUser;
  readonly inTurn: InTurn;
  readonly logins: CountLogin;
}

/** wire contract: `POST /chat/auth/login`. */
export const login = ({ accounts, nonces, sessions, publishUser, inTurn, logins }: LoginParts): Operation =>
  openOperation({
    method: 'POST',
    path: '/chat/auth/login',
    body: LoginRequest,
    response: LoginResponse,
    async handle({ body }) {
      const { username, challenge_response: nonce, proof, signatures, client } = body;
      // Whether there is such a user is not looked up for who has not opened a challenge: there is nothing to measure.
      if (!isUsername(username) || !nonces.redeem(nonce, foldName(username))) {
        logins('bad_challenge');
        throw new AppError('unauthorized');
      }
      return inTurn(foldName(username), async () => {
        const account = await accounts.find(username);
        if (!account || !verifyLoginProof(account.passwordHash, nonce, proof)) {
          logins('wrong_proof');
          throw new AppError('unauthorized');
        }
        // Said to nobody who has not proved that the account is his.
        if (account.suspended) {
          logins('suspended');
          throw new AppError('suspended');
        }
        // A crash between the account and its record is mended here at the latest.
        if (!account.published) await publishUser(account);
        const { sessionId, sessionKey } = await sessions.open(account.username, { signatures, client });
        logins('opened');
        return { value: { 'session-key': encryptTo(account, sessionKey), 'session-id': sessionId } };
      });
    },
  });
