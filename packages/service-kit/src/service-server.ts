import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox';
import type { ServiceName } from '@secure-chat/wire/endpoints';
import type { FastifyRequest } from 'fastify';
import { AppError } from './app-error.ts';
import { addHealth } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { type Caller, IDENTITY_HEADER, verifyIdentity } from './internal-identity.ts';
import type { Logger } from './logger.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The user on whose behalf the gateway calls; null on the open endpoints. */
    caller: Caller | null;
  }
}

/** Open connections from gateways to a service: each gateway keeps at most 64. */
const CONNECTIONS_MAX = 1_024;

export interface ServiceServerOptions {
  readonly service: ServiceName;
  readonly logger: Logger;
  readonly identityKey: Uint8Array;
  readonly clock: () => number;
  readonly ready: Readonly<Record<string, () => Promise<boolean>>>;
}

/** The HTTP side of a service: answers nobody but the gateway, health checks apart. */
export function createServiceServer(options: ServiceServerOptions) {
  const { service, logger, identityKey, clock } = options;
  const app = createHttpServer({ logger, maxConnections: CONNECTIONS_MAX, trustRequestId: true })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler);
  addHealth(app, options.ready);
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.url === '/health' || request.routeOptions.url === '/ready') return;
    const header = request.headers[IDENTITY_HEADER];
    const call = { service, method: request.method, path: request.url, requestId: request.id };
    const identity = verifyIdentity(
      identityKey,
      typeof header === 'string' ? header : undefined,
      call,
      clock(),
    );
    if (!identity) throw new AppError('unauthorized');
    request.caller = identity.caller;
  });
  return app;
}

export type ServiceServer = ReturnType<typeof createServiceServer>;

/** The caller of a signed endpoint. Throws `unauthorized` when the gateway called on nobody's behalf. */
export function requireCaller(request: FastifyRequest): Caller {
  if (!request.caller) throw new AppError('unauthorized');
  return request.caller;
}
