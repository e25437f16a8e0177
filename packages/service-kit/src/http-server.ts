import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { ERRORS, type ErrorCode, errorBody } from '@secure-chat/wire/errors';
import { NOT_BEGUN_HEADER } from '@secure-chat/wire/internal-api';
import { BODY_MAX } from '@secure-chat/wire/limits';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  LogController,
} from 'fastify';
import { limitPerAddress } from './address-limit.ts';
import { AppError } from './app-error.ts';
import { createHttpsServer } from './https-server.ts';
import type { Logger } from './logger.ts';
import { NO_ROUTE, type OnAnswered, type Outcome } from './metrics/requests.ts';
import { publicError } from './public-error.ts';
import { createRequestNames, newRequestId } from './request-id.ts';
import type { ServerKeys } from './server-keys.ts';
import { traceRequests } from './tracing/traced-requests.ts';
import { NO_TRACING, type Span, type Tracing } from './tracing/tracing.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Until it is answered; null where nothing is traced. */
    span: Span | null;
  }
  interface FastifyReply {
    /** What `onAnswered` is told; null when it was told already. */
    outcome: Outcome | null;
  }
}

/** Bytes of all headers of a request: a v1 request has 500. */
const HEADERS_MAX = 16 * 1024;
/** Milliseconds for a whole request to arrive: 64 KiB on a line of 100 kbit/s, and an end to slow senders. */
const REQUEST_MS = 10_000;
/** Milliseconds that an idle connection is kept for its next request: more than the second between two polls. */
const KEEP_ALIVE_MS = 15_000;
/** Milliseconds without a byte on a connection, either way, after which it is cut. */
const SOCKET_IDLE_MS = 30_000;
/** Milliseconds that requests in flight have left when the server closes: half-sent ones would never end. */
const FINISH_MS = 3_000;
/**
 * Open connections of one address: a quarter of the gateway's, so that no single address holds them all, and a
 * house full of people behind one address does not notice. A gateway keeps 64 with a service.
 */
export const CONNECTIONS_PER_ADDRESS_MAX = 1_024;
/** Seconds after which a client may try again, where the error does not say. */
const RETRY_AFTER_S = 1;

export interface HttpServerOptions {
  readonly logger: Logger;
  /** Open connections; more are refused. Bounds memory: an idle one costs some 20 KB. */
  readonly maxConnections: number;
  /** Of these, the connections of one address; more are hung up on. */
  readonly maxConnectionsPerAddress?: number;
  /** Believe an `X-Request-Id` that comes in: inside, never at the public port. */
  readonly trustRequestId: boolean;
  /** Addresses and networks of proxies that are believed whom they speak for: nobody by default. */
  readonly trustProxy?: readonly string[];
  /** Speaks TLS with these; plain HTTP without. */
  readonly keys?: ServerKeys | null;
  /** Milliseconds for a whole request, and for a TLS handshake, to arrive. */
  readonly requestMs?: number;
  /** Is told of every request that was answered. */
  readonly onAnswered?: OnAnswered;
  /** Gets a span of each request: at the public port, where they begin. */
  readonly tracing?: Tracing;
}

/**
 * A fastify instance with the project's limits, request ids and error shape. No routes. Bodies stay bytes, whatever
 * their content type: signatures are over them as they came, and the operation that owns the endpoint parses them.
 */
export function createHttpServer(options: HttpServerOptions): FastifyInstance {
  const logger: FastifyBaseLogger = options.logger;
  const { requestMs = REQUEST_MS, maxConnectionsPerAddress = CONNECTIONS_PER_ADDRESS_MAX } = options;
  const { trustProxy = [], keys = null, onAnswered = () => {}, tracing = NO_TRACING } = options;
  const names = createRequestNames({ trustRequestId: options.trustRequestId, trustProxy });
  /** Of what passes no hook. */
  const onRefused = (outcome: ErrorCode): void => onAnswered({ ...NO_ROUTE, outcome, seconds: 0 });
  const http = {
    maxHeaderSize: HEADERS_MAX,
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connectionsCheckingInterval: requestMs / 5,
    // Node's own answer has no body: the hook below refuses instead.
    requireHostHeader: false,
  };
  const app = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: BODY_MAX,
    trustProxy: trustProxy.length > 0 && [...trustProxy],
    forceCloseConnections: 'idle',
    // Its answer has a shape of its own: the hook below refuses instead.
    return503OnClosing: false,
    // A HEAD of a poll would count as delivered with nothing sent.
    exposeHeadRoutes: false,
    serverFactory(handler) {
      const server = keys
        ? createHttpsServer(keys, { ...http, handshakeMs: requestMs }, handler)
        : createServer(http, handler);
      return server.setTimeout(SOCKET_IDLE_MS);
    },
    routerOptions: { maxParamLength: 1024 },
    requestIdHeader: false,
    genReqId: names.idOf,
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, onRefused),
    frameworkErrors(error, request, reply) {
      onRefused(publicError(error).code);
      return sendError(error, request, reply);
    },
  });
  app.server.maxConnections = options.maxConnections;
  limitPerAddress(app.server, { max: options.maxConnections, maxPerAddress: maxConnectionsPerAddress });
  // RFC 9110, 10.1.1: an expectation that we do not know may be ignored. Node would answer 417 without a body.
  app.server.on('checkExpectation', (request, response) => app.server.emit('request', request, response));

  // Those of a handshake that has not ended are in no list of Node's.
  const sockets = new Set<Socket>();
  app.server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  app.decorateRequest('span', null);
  if (tracing !== NO_TRACING) traceRequests(app, tracing, names);

  let closing = false;
  app.addHook('preClose', async () => {
    closing = true;
    setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, FINISH_MS).unref();
  });
  app.addHook('onRequest', async ({ raw }, reply) => {
    if (closing) {
      reply.header(NOT_BEGUN_HEADER, 'closing');
      throw new AppError('unavailable');
    }
    // RFC 9112, 3.2.
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined) throw new AppError('bad_request');
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onSend', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  app.decorateReply('outcome', 'ok');
  if (options.onAnswered)
    app.addHook('onRoute', (route) => {
      const asked = { method: String(route.method), route: route.url };
      route.onResponse = (_request, { outcome, elapsedTime }, done) => {
        if (outcome !== null) onAnswered({ ...asked, outcome, seconds: elapsedTime / 1000 });
        done();
      };
    });
  app.setErrorHandler(sendError);
  app.setNotFoundHandler((request, reply) => {
    onRefused('not_found');
    return sendError(new AppError('not_found'), request, reply);
  });
  return app;
}

/** The one place that maps errors to HTTP. Anything unknown is a 500 that says no more than its request id. */
function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, message, retryAfter = RETRY_AFTER_S } = publicError(error);
  const { status } = ERRORS[code];
  reply.outcome = code;
  // What passes by itself is met by every poll while it lasts: a line each, without a stack.
  if (status === 503) request.log.warn({ reason: reasonOf(error), code }, 'request failed');
  else if (status >= 500) request.log.error({ err: error, code }, 'request failed');
  else request.log.debug({ code }, 'request refused');
  if (status === 429 || status === 503) reply.header('retry-after', retryAfter);
  return (
    reply
      .code(status)
      .header('content-type', 'application/json; charset=utf-8')
      // Errors before routing pass no hook.
      .header('x-request-id', request.id)
      .send(JSON.stringify(errorBody(code, request.id, message)))
  );
}

/** The messages of an error and of what caused it. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}

/** Answers what is not HTTP, or came too slowly, in the project's error shape, and hangs up. */
function refuseConnection(
  error: Error & { code?: string },
  socket: Socket,
  onRefused: (code: ErrorCode) => void,
): void {
  // To whom no handshake was made nothing can be said.
  const unheard = error.code === 'ECONNRESET' || /^ERR_(SSL|TLS)_/.test(error.code ?? '');
  if (unheard || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const code: ErrorCode =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? 'timeout'
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? 'headers_too_large'
        : 'bad_request';
  onRefused(code);
  const id = newRequestId();
  const body = JSON.stringify(errorBody(code, id));
  socket.end(
    `HTTP/1.1 ${ERRORS[code].status} Error\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nX-Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`,
  );
}
