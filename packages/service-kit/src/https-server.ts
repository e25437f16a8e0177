import type { RequestListener, ServerOptions } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { KeyPair } from './key-pair.ts';
import type { ServerKeys } from './server-keys.ts';

/** Nobody's client of ours or of the contract needs an older one. */
const OLDEST = 'TLSv1.3';
/** Seconds that a browser goes on with https alone, RFC 6797: a year, as is usual. */
const HSTS_S = 365 * 24 * 60 * 60;

/** A server of HTTP over TLS 1.3, whose certificate follows `keys`. `handshakeMs`: for a whole handshake. */
export function createHttpsServer(
  keys: ServerKeys,
  options: ServerOptions & { readonly handshakeMs: number },
  listener: RequestListener,
): Server {
  const contextOf = (pair: KeyPair) => ({ ...pair, minVersion: OLDEST }) as const;
  const { handshakeMs, ...http } = options;
  const server = createServer(
    { ...http, ...contextOf(keys.current()), handshakeTimeout: handshakeMs },
    (request, response) => {
      response.setHeader('strict-transport-security', `max-age=${HSTS_S}`);
      listener(request, response);
    },
  );
  keys.onChange((pair) => server.setSecureContext(contextOf(pair)));
  return server;
}
