import { readRequestSignatureV2, type WireRequest } from '@secure-chat/crypto/request-signature-v2';
import { AppError } from '@secure-chat/service-kit/app-error';
import { gatewayOfNonce } from '@secure-chat/wire/gateway-nonce';
import { REQUEST_WINDOW_MS } from '@secure-chat/wire/limits';
import { type Authenticated, signatureId } from './authenticated.ts';
import { namedSession } from './named-session.ts';
import type { Sessions } from './sessions.ts';

/** `meaningful`: headers, in lower case, that have to be covered where they came. */
export type AuthenticateV2 = (request: WireRequest, meaningful: readonly string[]) => Promise<Authenticated>;

/**
 * docs/protocol.md, "Signatures v2", of sessions of that kind. Resolves to who signed; throws `unauthorized` for
 * every other request.
 */
export const createAuthenticateV2 =
  (sessions: Pick<Sessions, 'get' | 'caughtUp'>, clock: () => number): AuthenticateV2 =>
  async (request, meaningful) => {
    const signature = readRequestSignatureV2(request, meaningful);
    const now = clock();
    if (!signature || Math.abs(now - signature.created) > REQUEST_WINDOW_MS || now > signature.expires)
      throw new AppError('unauthorized');
    const session = await namedSession(sessions, signature.sessionId);
    if (session?.signatures !== 'v2' || !signature.verify(session.key)) throw new AppError('unauthorized');
    return {
      session,
      signature: {
        signature: signatureId(signature.signature),
        until: signature.created + REQUEST_WINDOW_MS,
        gatewayId: gatewayOfNonce(signature.nonce),
      },
    };
  };
