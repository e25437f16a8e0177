import type { ServiceName } from '@secure-chat/wire/endpoints';
import type { FastifyInstance } from 'fastify';
import { AppError } from './app-error.ts';
import { addHealth, areReady } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { type Caller, IDENTITY_HEADER, verifyIdentity } from './internal-identity.ts';
import type { Logger } from './logger.ts';
import { measuredOperation, measuredStream } from './measured-operation.ts';
import { type Metrics, NO_METRICS } from './metrics/metrics.ts';
import { countRequests } from './metrics/requests.ts';
import type { Operation } from './operation.ts';
import { queryOf } from './query-of.ts';
import { sendStream } from './send-stream.ts';
import type { Keyring } from './service-keys.ts';
import type { StreamOperation } from './stream-operation.ts';
import { tracedOperation, tracedStream } from './tracing/traced-operation.ts';
import { parseTraceparent } from './tracing/traceparent.ts';
import { NO_TRACING, type Tracing } from './tracing/tracing.ts';
import { turnedOperation } from './turned-operation.ts';
import { createTurns } from './turns.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The user on whose behalf the gateway calls; null on the open endpoints. */
    caller: Caller | null;
    /** Network of the client on whose behalf; empty where it is not told. */
    clientNetwork: string;
  }
}

/** Open connections from gateways to a service: each gateway keeps at most 64, and one for each stream. */
export const CONNECTIONS_MAX = 1_024;
/** Streams of all gateways: twice what a gateway has connections for. */
export const STREAMS_MAX = 8_192;

export interface ServiceOptions {
  readonly name: ServiceName;
  readonly operations: readonly Operation[];
  readonly streams?: readonly StreamOperation[];
  readonly logger: Logger;
  readonly identityKeys: Keyring;
  readonly clock: () => number;
  readonly ready: Readonly<Record<string, () => Promise<boolean>>>;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

/** What a service does, and the HTTP server that offers it to gateways in other processes. */
export interface Service {
  /** For a gateway in the same process. */
  readonly operations: readonly Operation[];
  readonly streams: readonly StreamOperation[];
  /** Whether every part works; what `GET /ready` says. */
  isReady(): Promise<boolean>;
  /** Answers nobody but a gateway, health checks apart. */
  readonly app: FastifyInstance;
}

export function createService(options: ServiceOptions): Service {
  const { name, logger, identityKeys, clock, metrics = NO_METRICS, tracing = NO_TRACING } = options;
  const onAnswered = countRequests(metrics);
  const turns = createTurns();
  const operations = options.operations.map((operation) =>
    tracedOperation(measuredOperation(turnedOperation(operation, turns), onAnswered), tracing),
  );
  const streams = (options.streams ?? []).map((stream) =>
    tracedStream(measuredStream(stream, onAnswered), tracing),
  );
  const strangers = metrics.counter('refused_identities_total', 'Calls that no gateway of ours had signed.');
  const maxConnections = streams.length > 0 ? CONNECTIONS_MAX + STREAMS_MAX : CONNECTIONS_MAX;
  const app = createHttpServer({
    logger,
    maxConnections,
    // They are gateways, of which there may be one.
    maxConnectionsPerAddress: maxConnections,
    trustRequestId: true,
  });
  addHealth(app, options.ready);
  const isReady = (): Promise<boolean> => areReady(options.ready);

  app.decorateRequest('caller', null);
  app.decorateRequest('clientNetwork', '');
  app.addHook('onRequest', async (request) => {
    if (request.routeOptions.url === '/health' || request.routeOptions.url === '/ready') return;
    const header = request.headers[IDENTITY_HEADER];
    const call = { service: name, method: request.method, path: request.url, requestId: request.id };
    const given = typeof header === 'string' ? header : undefined;
    const identity = verifyIdentity(identityKeys, given, call, clock());
    if (!identity) {
      strangers.add({});
      throw new AppError('unauthorized');
    }
    request.caller = identity.caller;
    request.clientNetwork = identity.network;
  });

  for (const { method, path, perform } of operations) {
    app.route<{ Params: { username?: string } }>({
      method,
      url: path,
      async handler(request, reply) {
        const { caller, clientNetwork, params, body } = request;
        const answer = await perform({
          caller,
          network: clientNetwork,
          username: params.username ?? '',
          query: queryOf(request.url),
          body: Buffer.isBuffer(body) ? body : null,
          trace: parseTraceparent(request.headers.traceparent),
        });
        return reply.headers(answer.headers).type('application/json; charset=utf-8').send(answer.json);
      },
    });
  }
  for (const { method, path, open } of streams) {
    app.route({
      method,
      url: path,
      async handler(request, reply) {
        const { caller } = request;
        const query = queryOf(request.url);
        const trace = parseTraceparent(request.headers.traceparent);
        sendStream(reply, await open({ caller, username: '', query, body: null, trace }));
      },
    });
  }
  return { operations, streams, isReady, app };
}
