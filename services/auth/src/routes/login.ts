import { verifyLoginProof } from '@secure-chat/crypto/login-proof';
import { importPublicKey, oaep256Encrypt } from '@secure-chat/crypto/rsa';
import { AppError } from '@secure-chat/service-kit/app-error';
import { requireCaller, type ServiceServer } from '@secure-chat/service-kit/service-server';
import {
  LoginChallenge,
  LoginChallengeRequest,
  LoginRequest,
  LoginResponse,
  Ok,
} from '@secure-chat/wire/api';
import { SESSIONS_SEEN_PATH, SessionsSeen } from '@secure-chat/wire/internal-api';
import { foldName, isUsername } from '@secure-chat/wire/names';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import type { Account, Accounts } from '../accounts.ts';
import type { Decoys } from '../decoys.ts';
import type { Nonces } from '../nonces.ts';
import type { PublishUser } from '../publish-user.ts';
import type { Sessions } from '../sessions.ts';

export interface LoginParts {
  readonly accounts: Accounts;
  readonly decoys: Decoys;
  readonly nonces: Nonces;
  readonly sessions: Sessions;
  readonly publishUser: PublishUser;
  readonly clock: () => number;
}

/** wire contract: `POST /chat/auth/login-challenge`, `POST /chat/auth/login`, `POST /chat/auth/logout`. */
export function addLogin(app: ServiceServer, parts: LoginParts): void {
  const { accounts, decoys, nonces, sessions, publishUser, clock } = parts;

  /** Throws only when the stored key is damaged: it was checked at registration. */
  const encryptTo = (account: Account, text: string): string => {
    const key = importPublicKey(account.publicKey);
    if (!key) throw new Error('a stored public key does not parse');
    return oaep256Encrypt(key, text);
  };

  app.post(
    '/chat/auth/login-challenge',
    { schema: { body: LoginChallengeRequest, response: { 200: LoginChallenge } } },
    async (request) => {
      const { username } = request.body;
      if (!isUsername(username)) throw new AppError('bad_name');
      // One path for both, so that neither shape nor time tells whether the name is registered.
      const decoy = decoys.for(username);
      const account = (await accounts.find(username)) ?? decoy;
      const nonce = nonces.issue(foldName(username));
      return { challenge: encryptTo(account, `${nonce}|${formatTimestamp(clock())}|${account.username}`) };
    },
  );

  app.post(
    '/chat/auth/login',
    { schema: { body: LoginRequest, response: { 200: LoginResponse } } },
    async (request) => {
      const { username, challenge_response: nonce, proof } = request.body;
      if (!isUsername(username)) throw new AppError('unauthorized');
      const fresh = nonces.redeem(nonce, foldName(username));
      const decoy = decoys.for(username);
      const account = await accounts.find(username);
      const proven = verifyLoginProof((account ?? decoy).passwordHash, nonce, proof);
      if (!fresh || !account || !proven) throw new AppError('unauthorized');
      // A crash between the account and its record is mended here at the latest.
      if (!account.published) await publishUser(account);
      const { sessionId, sessionKey } = await sessions.open(account.username);
      return { 'session-key': encryptTo(account, sessionKey), 'session-id': sessionId };
    },
  );

  app.post('/chat/auth/logout', { schema: { response: { 200: Ok } } }, async (request) => {
    await sessions.close(requireCaller(request).sessionId);
    return { status: 'OK' as const };
  });

  app.post(SESSIONS_SEEN_PATH, { schema: { body: SessionsSeen, response: { 200: Ok } } }, async (request) => {
    await sessions.seen(request.body.sessionIds);
    return { status: 'OK' as const };
  });
}
