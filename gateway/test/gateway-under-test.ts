import { randomBytes } from 'node:crypto';
import { importSessionKey, signRequest } from '@secure-chat/crypto/request-signature';
import { signRequestV2 } from '@secure-chat/crypto/request-signature-v2';
import { type EventLog, openEventLog } from '@secure-chat/event-log/event-log';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import { createLogger } from '@secure-chat/service-kit/logger';
import type { Metrics } from '@secure-chat/service-kit/metrics/metrics';
import { createSeal, sessionKeyPlace } from '@secure-chat/service-kit/seal';
import type { ServerKeys } from '@secure-chat/service-kit/server-keys';
import { fixedKeys } from '@secure-chat/service-kit/service-keys';
import type { ServiceName } from '@secure-chat/wire/endpoints';
import { SESSIONS_TOPIC } from '@secure-chat/wire/names';
import { formatTimestamp } from '@secure-chat/wire/timestamps';
import { onTestFinished } from 'vitest';
import { createGateway } from '../src/app.ts';
import type { Limits } from '../src/policy/limits-setting.ts';
import type { ServiceAnswer, ServiceCall, Upstream, Upstreams } from '../src/upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SERVICE_KEYS = fixedKeys(Buffer.alloc(32, 7));
export const identityKeys = SERVICE_KEYS.for('internal-identity');
const seal = createSeal(SERVICE_KEYS.for('seal'));

export interface OpenSession extends Caller {
  readonly sessionKey: string;
}

/** A call that a service got. */
export interface Received extends ServiceCall {
  readonly service: ServiceName;
}

export type Answer = (call: Received) => Partial<ServiceAnswer> | Promise<Partial<ServiceAnswer>>;

/** Services that remember every call and answer as the test says. */
export function createServices(answer: Answer = () => ({})) {
  const calls: Received[] = [];
  const callOf = (service: ServiceName) => async (call: ServiceCall) => {
    const received = { ...call, service };
    calls.push(received);
    const headers = { 'content-type': 'application/json' };
    return { status: 200, headers, body: '{"status":"OK"}', ...(await answer(received)) };
  };
  const upstream = (service: ServiceName): Upstream => ({
    call: callOf(service),
    callAll: callOf(service),
    open: async (call) => ({ refusal: await callOf(service)(call) }),
    isReady: async () => true,
    close: async () => {},
  });
  const upstreams: Upstreams = {
    auth: upstream('auth'),
    directory: upstream('directory'),
    relay: upstream('relay'),
  };
  return { calls, upstreams };
}

export async function openLog(): Promise<EventLog> {
  const log = await openEventLog(
    { backend: 'embedded', dataDir: temporaryFolder() },
    createLogger('event-log', 'fatal'),
  );
  onTestFinished(() => log.close());
  return log;
}

export async function openSession(
  { events, codecs }: Pick<EventLog, 'events' | 'codecs'>,
  username: string,
  signatures: 'v1' | 'v2' = 'v1',
): Promise<OpenSession> {
  const sessionId = randomBytes(16).toString('base64url');
  const sessionKey = randomBytes(32).toString('hex');
  const sealedKey = seal.seal(sessionKey, sessionKeyPlace(sessionId));
  const record = await codecs.session.encode({ sessionId, username, sealedKey, openedAt: 1, signatures });
  await events.publish(SESSIONS_TOPIC, sessionId, record);
  return { sessionId, sessionKey, username };
}

export interface Signed {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'HEAD';
  readonly path: string;
  readonly body?: string;
  /** Milliseconds that the client's clock is ahead. */
  readonly skew?: number;
  /** Names the session (by default its own); null: as a v1 client, which names none. */
  readonly sessionId?: string | null;
}

let timestamps = 0;
/** With microseconds, as a v1 client has them: no two alike. */
function v1Timestamp(now: number): string {
  timestamps += 1;
  return formatTimestamp(now).replace('000+', `${String(1 + (timestamps % 999)).padStart(3, '0')}+`);
}

export const signedHeaders = (
  { sessionKey, sessionId: own }: OpenSession,
  { body = '', skew = 0, sessionId = own }: Signed,
  now = Date.now(),
): Record<string, string> => {
  const timestamp = v1Timestamp(now + skew);
  return {
    'x-request-timestamp': timestamp,
    'x-request-signature': signRequest(sessionKey, Buffer.from(body), timestamp),
    ...(sessionId !== null && { 'x-session-id': sessionId }),
  };
};

/** The headers of a signature v2. */
export const signedHeadersV2 = (
  { sessionKey, sessionId }: OpenSession,
  { method = 'GET', path, body = '', skew = 0 }: Signed,
  now = Date.now(),
  nonce = randomBytes(16).toString('base64url'),
): Record<string, string> =>
  signRequestV2(
    { sessionId, key: importSessionKey(sessionKey), created: Math.floor((now + skew) / 1000), nonce },
    // What inject says that its host is.
    { method, authority: 'localhost', target: path, headers: {}, body: Buffer.from(body) },
  );

export interface GatewayParts {
  readonly log: Omit<EventLog, 'close'>;
  readonly upstreams: Upstreams;
  readonly clock?: () => number;
  readonly trustProxy?: readonly string[];
  readonly limits?: Limits;
  readonly metrics?: Metrics;
  readonly keys?: ServerKeys | null;
}

export async function startGateway(parts: GatewayParts) {
  const { log, upstreams, clock = Date.now, trustProxy = [], keys = null, metrics, limits } = parts;
  const lines: string[] = [];
  const logger = createLogger('gateway', 'trace', { write: (line) => void lines.push(line) });
  const { app, listen } = await createGateway({
    events: log.events,
    mailboxes: log.mailboxes,
    codecs: log.codecs,
    upstreams,
    serviceKeys: SERVICE_KEYS,
    logger,
    clock,
    trustProxy,
    keys,
    ...(metrics && { metrics }),
    ...(limits && { limits }),
  });
  onTestFinished(() => app.close());
  const send = ({ method = 'GET', path, body }: Signed, headers: Record<string, string>) =>
    app.inject({ method, url: path, headers, ...(body !== undefined && { payload: body }) });
  return {
    app,
    listen,
    logged: () => lines.join(''),
    /** With headers of a test's own. */
    send,
    request: (session: OpenSession, signed: Signed) => send(signed, signedHeaders(session, signed, clock())),
    requestV2: (session: OpenSession, signed: Signed) =>
      send(signed, signedHeadersV2(session, signed, clock())),
  };
}
