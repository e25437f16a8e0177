import { verifyLoginProof } from '@secure-chat/crypto/login-proof';
import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { LoginRequest, LoginResponse } from '@secure-chat/wire/api';
import { foldName, isUsername } from '@secure-chat/wire/names';
import { type Accounts, encryptTo } from '../accounts.ts';
import type { InTurn } from '../in-turn.ts';
import type { CountLogin, LoginOutcome } from '../login-counts.ts';
import type { NetworkFailures } from '../network-failures.ts';
import type { Nonces } from '../nonces.ts';
import type { PasswordTries } from '../password-tries.ts';
import type { PublishUser } from '../publish-user.ts';
import type { Sessions } from '../sessions.ts';
import { tooMany } from '../too-many.ts';

export interface LoginParts {
  readonly accounts: Accounts;
  readonly nonces: Nonces;
  readonly failures: NetworkFailures;
  readonly tries: PasswordTries;
  readonly sessions: Sessions;
  readonly publishUser: PublishUser;
  readonly inTurn: InTurn;
  readonly logins: CountLogin;
}

/** wire contract: `POST /chat/auth/login`. */
export const login = (parts: LoginParts): Operation => {
  const { accounts, nonces, failures, tries, sessions, publishUser, inTurn, logins } = parts;

  const refuse = (outcome: LoginOutcome): never => {
    logins(outcome);
    throw new AppError('unauthorized');
  };
  const delay = (waitMs: number): void => {
    if (waitMs === 0) return;
    logins('delayed');
    throw tooMany(waitMs);
  };
  /** Who has not opened a challenge is told nothing of the account, which is not even looked up. */
  const refuseChallenge = (network: string): never => {
    delay(failures.wait('bad_challenge', network));
    failures.failed('bad_challenge', network);
    return refuse('bad_challenge');
  };

  return openOperation({
    method: 'POST',
    path: '/chat/auth/login',
    body: LoginRequest,
    response: LoginResponse,
    async handle({ body, network }) {
      const { username, challenge_response: nonce, proof, signatures, client } = body;
      const name = foldName(username);
      if (!isUsername(username) || !nonces.isGood(nonce, name)) return refuseChallenge(network);
      return inTurn(name, async () => {
        // Before the challenge is spent: it still counts when the delay is over.
        delay(await tries.wait(name, network));
        if (!nonces.redeem(nonce, name)) return refuseChallenge(network);
        const account = await accounts.find(username);
        if (!account) return refuse('bad_challenge');
        if (!verifyLoginProof(account.passwordHash, nonce, proof)) {
          await tries.wrong(name, network);
          return refuse('wrong_proof');
        }
        await tries.right(name, network);
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
};
