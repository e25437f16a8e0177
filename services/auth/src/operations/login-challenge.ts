import { AppError } from '@secure-chat/service-kit/app-error';
import { type Operation, openOperation } from '@secure-chat/service-kit/operation';
import { LoginChallenge, LoginChallengeRequest } from '@secure-chat/wire/api';
import { foldName, isUsername } from '@secure-chat/wire/names';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { type Accounts, encryptTo } from '../accounts.ts';
import type { Decoys } from '../decoys.ts';
import type { Nonces } from '../nonces.ts';

export interface LoginChallengeParts {
  readonly accounts: Accounts;
  readonly decoys: Decoys;
  readonly nonces: Nonces;
  readonly clock: () => number;
}

/** wire contract: `POST /chat/auth/login-challenge`. */
export const loginChallenge = ({ accounts, decoys, nonces, clock }: LoginChallengeParts): Operation =>
  openOperation({
    method: 'POST',
    path: '/chat/auth/login-challenge',
    body: LoginChallengeRequest,
    response: LoginChallenge,
    async handle({ body: { username } }) {
      if (!isUsername(username)) throw new AppError('bad_name');
      // One path for both, so that neither shape nor time tells whether the name is registered.
      const decoy = decoys.for(username);
      const account = (await accounts.find(username)) ?? decoy;
      const nonce = nonces.issue(foldName(username));
      const text = `${nonce}|${formatTimestamp(clock())}|${account.username}`;
      return { value: { challenge: encryptTo(account, text) } };
    },
  });
