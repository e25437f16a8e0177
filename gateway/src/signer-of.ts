import { clientNetwork } from '@secure-chat/service-kit/client-network';
import type { Endpoint } from '@secure-chat/wire/endpoints';
import type { FastifyRequest } from 'fastify';
import type { Authenticate } from './authenticate.ts';
import type { AuthenticateV2 } from './authenticate-v2.ts';
import type { Authenticated } from './authenticated.ts';
import { onlyHeader } from './only-header.ts';
import type { Replays } from './replays.ts';
import type { Session } from './sessions.ts';

/** Resolves to the session that signed a request, in the one way or the other, and now for the first time. Throws `AppError`. */
export type SignerOf = (request: FastifyRequest, rawBody: Uint8Array, endpoint: Endpoint) => Promise<Session>;

export interface SignerOfParts {
  readonly authenticate: Authenticate;
  readonly authenticateV2: AuthenticateV2;
  readonly replays: Pick<Replays, 'once'>;
}

/** Like a GET it changes nothing that lasts. */
const PRESENCE = '/presence';

export function createSignerOf({ authenticate, authenticateV2, replays }: SignerOfParts): SignerOf {
  const authenticated = (
    request: FastifyRequest,
    rawBody: Uint8Array,
    endpoint: Endpoint,
  ): Promise<Authenticated> => {
    const { method = '', url: target = '', headers, socket } = request.raw;
    if (headers['signature-input'] !== undefined) {
      const authority = authorityOf(headers.host, request.protocol);
      const meaningful = Object.keys(endpoint.headers?.properties ?? {}).map((name) => name.toLowerCase());
      return authenticateV2({ method, authority, target, headers, body: rawBody }, meaningful);
    }
    return authenticate({
      address: clientNetwork(request.ip),
      connection: socket,
      timestamp: onlyHeader(headers['x-request-timestamp']),
      signature: onlyHeader(headers['x-request-signature']),
      sessionId: onlyHeader(headers['x-session-id']),
      rawBody,
    });
  };

  return async (request, rawBody, endpoint) => {
    const { session, signature } = await authenticated(request, rawBody, endpoint);
    const isRepeatable = endpoint.method === 'GET' || endpoint.path === PRESENCE;
    if (signature) await replays.once({ ...signature, sessionId: session.sessionId, isRepeatable });
    return session;
  };
}

/** RFC 9421, 2.2.3: in lower case, without the scheme's own port. */
const authorityOf = (host = '', scheme: string): string =>
  host.toLowerCase().replace(scheme === 'https' ? /:443$/ : /:80$/, '');
