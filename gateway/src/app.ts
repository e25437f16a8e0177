import { randomBytes } from 'node:crypto';
import type { RecordCodecs } from '@secure-chat/event-log/codecs/record-codecs';
import type { Events } from '@secure-chat/event-log/events';
import type { Mailboxes } from '@secure-chat/event-log/mailboxes';
import { AppError } from '@secure-chat/service-kit/app-error';
import { clientNetwork } from '@secure-chat/service-kit/client-network';
import { addHealth, areReady } from '@secure-chat/service-kit/health';
import { createHttpServer } from '@secure-chat/service-kit/http-server';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import type { Logger } from '@secure-chat/service-kit/logger';
import { type Metrics, NO_METRICS } from '@secure-chat/service-kit/metrics/metrics';
import { countRequests } from '@secure-chat/service-kit/metrics/requests';
import { queryOf } from '@secure-chat/service-kit/query-of';
import { createSeal } from '@secure-chat/service-kit/seal';
import type { ServerKeys } from '@secure-chat/service-kit/server-keys';
import type { ServiceKeys } from '@secure-chat/service-kit/service-keys';
import { createSlices } from '@secure-chat/service-kit/slices';
import { NO_TRACING, type Tracing } from '@secure-chat/service-kit/tracing/tracing';
import { createTurns } from '@secure-chat/service-kit/turns';
import { LoginResponse } from '@secure-chat/wire/api';
import { ENDPOINTS, type Endpoint } from '@secure-chat/wire/endpoints';
import { GATEWAY_HEADER } from '@secure-chat/wire/gateway-nonce';
import type { MailboxKind } from '@secure-chat/wire/internal-api';
import { isUsername } from '@secure-chat/wire/names';
import { openApiDocument } from '@secure-chat/wire/openapi';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Value } from 'typebox/value';
import { createAuthenticate } from './authenticate.ts';
import { createAuthenticateV2 } from './authenticate-v2.ts';
import { CONNECTION_DEFAULTS, type ConnectionConfig } from './connection-settings.ts';
import { createDeliveries } from './deliveries.ts';
import { jsonOf } from './json-of.ts';
import { measuredScan } from './measured-scan.ts';
import { measuredUpstreams } from './measured-upstream.ts';
import { onlyHeader } from './only-header.ts';
import { openConnections } from './open-connections.ts';
import { defaultLimits, type Limits } from './policy/limits-setting.ts';
import { createPolicy } from './policy/policy.ts';
import { openUsageLog } from './policy/usage-log.ts';
import { answerPoll } from './poll.ts';
import { createRecentSessions } from './recent-sessions.ts';
import { createReplays } from './replays.ts';
import { sendAnswer } from './send-answer.ts';
import { createSessionActivity } from './session-activity.ts';
import { createSessionScan } from './session-scan.ts';
import { followSessions } from './sessions.ts';
import { openSignatureLog } from './signature-log.ts';
import { createSignerOf } from './signer-of.ts';
import { createStreamPlaces } from './stream-places.ts';
import { createStreamPresence } from './stream-presence.ts';
import { createStreams } from './streams.ts';
import type { ServiceAnswer, StreamAnswer, Upstreams } from './upstream.ts';
import { createUsedSignatures } from './used-signatures.ts';

/** Endpoints whose answer counts as delivered once the socket took it. */
const POLLS: Readonly<Record<string, MailboxKind>> = {
  '/chat/messages': 'messages',
  '/chat/keyexchange': 'keys',
};
/** What every instance of a service is told. */
const EPHEMERAL = '/chat/:username/ephemeral';
const LOGIN = '/chat/auth/login';
const LOGOUT = '/chat/auth/logout';
/** After these, sessions that were ended are so here before the answer. */
const END_OTHERS: readonly string[] = ['/chat/auth/sessions/end', '/chat/auth/password', '/chat/auth/delete'];

/**
 * Requests of strangers that services work on at once: eight challenges are 4 ms of one core, and while a broker is asked others
 * go on.
 */
const OPEN_AT_ONCE = 8;

export interface GatewayOptions {
  readonly events: Events;
  readonly mailboxes: Mailboxes;
  readonly codecs: RecordCodecs;
  readonly upstreams: Upstreams;
  readonly serviceKeys: ServiceKeys;
  readonly logger: Logger;
  readonly clock: () => number;
  readonly connections?: ConnectionConfig;
  /** The rules that hold; the table as it stands by default. */
  readonly limits?: Limits;
  /** Proxies in front, which are believed whom they speak for: addresses and networks. */
  readonly trustProxy?: readonly string[];
  /** Speaks TLS with these, and looks after them no longer once it is closed; plain HTTP without. */
  readonly keys?: ServerKeys | null;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
}

export interface Gateway {
  readonly app: FastifyInstance;
  /** Resolves to its URL. */
  listen(at: { readonly host: string; readonly port: number }): Promise<string>;
  /** Whether every part works; what `GET /ready` says. */
  isReady(): Promise<boolean>;
  /** Rejects when `chat.sessions`, `chat.signatures` or `chat.usage` can no longer be followed. */
  readonly failed: Promise<never>;
}

/** The gateway: verifies, limits, routes. Closing it closes the upstreams and leaves the event log to its owner. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { events, mailboxes, codecs, serviceKeys, logger, clock } = options;
  const { connections = CONNECTION_DEFAULTS, metrics = NO_METRICS, tracing = NO_TRACING } = options;
  const { trustProxy = [], keys = null, limits = defaultLimits() } = options;
  const onAnswered = countRequests(metrics);
  const upstreams = measuredUpstreams(options.upstreams, metrics);
  const seal = createSeal(serviceKeys.for('seal'));
  const activity = createSessionActivity(upstreams.auth, logger);
  const presence = createStreamPresence(upstreams.directory, logger);
  const places = createStreamPlaces();
  const streams = createStreams({ presence, activity, places });
  const sessions = await followSessions({
    events,
    codec: codecs.session,
    seal,
    logger,
    onEnd: (sessionId) => streams.end(sessionId),
  });
  const gatewayId = randomBytes(9).toString('base64url');
  const used = createUsedSignatures(clock);
  const signatures = await openSignatureLog({
    mailboxes,
    codec: codecs.signatures,
    gatewayId,
    clock,
    logger,
    onUsed: used.learn,
  });
  const replays = createReplays({ gatewayId, used, log: signatures });
  const policy = createPolicy({ limits, clock, metrics, onBeyond: (rule, key) => usage.tell(rule, key) });
  const usage = await openUsageLog({
    mailboxes,
    codec: codecs.usage,
    gatewayId,
    clock,
    logger,
    onUsed: policy.learn,
  });
  const polls = { relay: upstreams.relay, deliveries: createDeliveries(), logger };
  const recent = createRecentSessions();
  const slices = createSlices();
  const scans = {
    small: measuredScan(createSessionScan(sessions, slices), 'small', metrics),
    large: measuredScan(createSessionScan(sessions, slices), 'large', metrics),
  };
  const authenticate = createAuthenticate({ sessions, recent, scans, slices, clock });
  const authenticateV2 = createAuthenticateV2(sessions, clock);
  const signerOf = createSignerOf({ authenticate, authenticateV2, replays });

  const app = createHttpServer({
    logger,
    maxConnections: connections.CONNECTIONS_MAX,
    maxConnectionsPerAddress: connections.CONNECTIONS_PER_ADDRESS_MAX,
    trustRequestId: false,
    trustProxy,
    keys,
    tracing,
    // Unasked, it would cost each stream memory.
    ...(metrics !== NO_METRICS && { onAnswered }),
  });
  metrics.gauge('open_streams', 'Streams of clients that are open.', () => streams.count());
  metrics.gauge('open_sessions', 'Sessions that may sign requests.', () => sessions.count());
  metrics.gauge('used_signatures', 'Signatures that count no more and are remembered.', () => used.size());
  metrics.gauge('open_connections', 'Connections of clients that are open.', () =>
    openConnections(app.server),
  );
  const parts = {
    sessions: async () => sessions.caughtUp().then(() => true),
    auth: upstreams.auth.isReady,
    directory: upstreams.directory.isReady,
    relay: upstreams.relay.isReady,
  };
  addHealth(app, parts);
  const document = openApiDocument();
  app.get('/openapi.json', async () => document);

  const callerOf = async (
    request: FastifyRequest,
    rawBody: Uint8Array,
    endpoint: Endpoint,
  ): Promise<Caller> => {
    const { username, sessionId } = await signerOf(request, rawBody, endpoint);
    activity.saw(sessionId);
    streams.saw(sessionId);
    return { username, sessionId };
  };

  /** A stream for which there is a place, which it keeps where it begins. */
  const opened = async (caller: Caller, open: () => Promise<StreamAnswer>): Promise<StreamAnswer> => {
    places.enter(caller);
    let begins = false;
    try {
      const answer = await open();
      begins = 'start' in answer;
      return answer;
    } finally {
      if (!begins) places.leave(caller);
    }
  };

  /** Of the open endpoints, which are RSA for the most part. */
  const turns = createTurns({ atOnce: OPEN_AT_ONCE });

  const addRoute = (endpoint: Endpoint): void => {
    const { method, path, service, signed } = endpoint;
    const mailbox = method === 'GET' ? POLLS[path] : undefined;
    const rules = policy.of(endpoint);
    app.route<{ Params: { username?: string }; Body: unknown }>({
      method,
      url: path,
      ...(!signed && { onRequest: async ({ ip }: FastifyRequest) => rules.admitAddress(ip) }),
      async handler(request, reply): Promise<FastifyReply> {
        reply.header(GATEWAY_HEADER, gatewayId);
        const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
        const caller = signed ? await callerOf(request, rawBody, endpoint) : null;
        if (caller) rules.admitUser(caller.username, request.params.username);
        const username = checkedName(request.params.username);
        const requestId = request.id;
        const trace = request.span?.context ?? null;
        if (caller && mailbox) return answerPoll(polls, { mailbox, path, caller, requestId, trace }, reply);
        const query = endpoint.query ? checkedQuery(request.url) : '';
        const body = endpoint.request ? rawBody : null;
        const network = service === 'auth' ? clientNetwork(request.ip) : '';
        const call = { method, path, username, query, caller, network, requestId, body, trace };
        if (caller && endpoint.events) {
          const answer = await opened(caller, () =>
            upstreams[service].open({ ...call, query: resumed(query, request) }),
          );
          if ('refusal' in answer) return sendAnswer(reply, answer.refusal);
          streams.start(caller, reply, answer.start);
          onAnswered({ method, route: path, outcome: 'ok', seconds: reply.elapsedTime / 1000 });
          request.span?.end();
          // Its end is no answer.
          reply.outcome = null;
          if (!sessions.get(caller.sessionId)) streams.end(caller.sessionId);
          return reply;
        }
        const upstream = upstreams[service];
        const ask = () => (path === EPHEMERAL ? upstream.callAll(call) : upstream.call(call));
        const answer = await (signed ? ask() : turns.take(clientNetwork(request.ip), ask));
        if (caller && path === LOGOUT && answer.status === 200) sessions.remove(caller.sessionId);
        if (answer.status === 200 && END_OTHERS.includes(path)) await sessions.caughtUp();
        // Who logged in here is found without a scan from the first request on.
        const sessionId = path === LOGIN ? openedSession(answer) : null;
        if (sessionId !== null) recent.saw(clientNetwork(request.ip), sessionId);
        return sendAnswer(reply, answer);
      },
    });
  };
  for (const endpoint of ENDPOINTS) addRoute(endpoint);

  // Before the server waits for the requests that are open.
  app.addHook('preClose', async () => streams.close());
  app.addHook('onClose', async () => {
    keys?.close();
    presence.close();
    await activity.close();
    await Promise.all([sessions.close(), signatures.close(), usage.close()]);
    await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
  });
  const listen: Gateway['listen'] = async (at) => {
    const url = await app.listen(at);
    return keys ? url.replace(/^http:/, 'https:') : url;
  };
  const failed = Promise.race([sessions.failed, signatures.failed, usage.failed]);
  return { app, listen, isReady: () => areReady(parts), failed };
}

/** A name in the path that is one; empty where the path has none. Throws `bad_name`. */
function checkedName(username: string | undefined): string {
  if (username !== undefined && !isUsername(username)) throw new AppError('bad_name');
  return username ?? '';
}

/** The query of a request, in characters that a URI may have. Throws `bad_request`. */
function checkedQuery(url: string): string {
  const query = queryOf(url);
  if (!/^[\x21-\x7e]*$/.test(query)) throw new AppError('bad_request');
  return query;
}

/** The query of a stream, with the cursor of `Last-Event-ID` where one came. */
function resumed(query: string, { headers }: FastifyRequest): string {
  const lastEventId = onlyHeader(headers['last-event-id']);
  if (!lastEventId) return query;
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', lastEventId);
  return parameters.toString();
}

/** The id of the session that a login opened; null when it opened none. */
function openedSession(login: ServiceAnswer): string | null {
  if (login.status !== 200) return null;
  const answer = jsonOf(login);
  return Value.Check(LoginResponse, answer) ? answer['session-id'] : null;
}
