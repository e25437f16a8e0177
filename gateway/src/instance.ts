import { isIP } from 'node:net';
import type { Logger } from '@secure-chat/service-kit/logger';
import { NOT_BEGUN_HEADER } from '@secure-chat/wire/internal-api';
import { HEARTBEAT_MS } from '@secure-chat/wire/limits';
import { Pool } from 'undici';
import type { InstanceRequest } from './instance-request.ts';
import { openStream } from './instance-stream.ts';
import type { ServiceAnswer, StreamAnswer } from './upstream.ts';

/** Connections from a gateway to one instance of a service. */
const CONNECTIONS = 64;
/** Milliseconds to connect: a thousand times what a network of one site needs; it leaves time to try another one. */
const CONNECT_MS = 2_000;
/** Milliseconds until a failed instance is first asked whether it is back: one hiccup costs it a quarter of a second. */
const PROBE_MIN_MS = 250;
/** Milliseconds between two such questions once it is long gone: it is back in use within 4 s, at no cost in between. */
const PROBE_MAX_MS = 4_000;
/** Milliseconds that the answer may take: `/health` does no work. */
const PROBE_ANSWER_MS = 1_000;

/** Milliseconds without a byte of a stream after which its relay is lost: two heartbeats have not come. */
const STREAM_QUIET_MS = 2.5 * HEARTBEAT_MS;

/** One process of a service: an origin at one address. */
export interface Instance {
  /** Calls that wait for its answer. */
  readonly pending: number;
  /** Streams that are open, or asked for. */
  readonly streams: number;
  /** Whether a call failed, or it said that it is closing, and it has not answered since. */
  readonly failed: boolean;
  /** Throws what the connection threw; `wasNotSent` and `wasNotBegun` say what that means. */
  request(request: InstanceRequest): Promise<ServiceAnswer>;
  /** As `request`, for a stream, over a connection of its own. */
  open(request: InstanceRequest): Promise<StreamAnswer>;
  /** Takes no more requests, and closes when those that are pending have ended. */
  retire(): void;
  /** Closes at once: what is pending fails. */
  destroy(): Promise<void>;
}

/**
 * An instance that fails is asked for `/health`, ever less often, until it answers: no user's request has to try. A stream of which
 * nothing came for `quietMs` is lost.
 */
export function createInstance(
  origin: string,
  address: string,
  logger: Logger,
  quietMs = STREAM_QUIET_MS,
): Instance {
  const options = {
    pipelining: 1,
    // Ours are exact, and count the time in which a call waits for a connection.
    headersTimeout: 0,
    bodyTimeout: 0,
    // The name stays that of the origin, for the Host header and the certificate; the address is this one.
    autoSelectFamily: false,
    connect: {
      timeout: CONNECT_MS,
      lookup: (_name, _options, callback) => callback(null, address, isIP(address)),
    },
  } satisfies Pool.Options;
  const pool = new Pool(origin, { ...options, connections: CONNECTIONS });
  /** A connection for each stream, beside those for calls. */
  const streamPool = new Pool(origin, { ...options, connections: null, bodyTimeout: quietMs });
  const log = logger.child({ instance: `${origin} (${address})` });
  let pending = 0;
  let streams = 0;
  let failed = false;
  let probing: NodeJS.Timeout | undefined;

  const request = async ({ patience, ...options }: InstanceRequest): Promise<ServiceAnswer> => {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new Error(`no answer within ${patience} ms`)), patience);
    try {
      const answer = await pool.request({ ...options, signal: late.signal });
      return { status: answer.statusCode, headers: answer.headers, body: await answer.body.bytes() };
    } finally {
      clearTimeout(timer);
    }
  };
  const works = (): void => {
    if (!failed) return;
    failed = false;
    clearTimeout(probing);
    log.info('an instance answers again');
  };
  const probe = async (delay: number): Promise<void> => {
    const health = { method: 'GET', path: '/health', patience: PROBE_ANSWER_MS } as const;
    const status = await request(health)
      .then((answer) => answer.status)
      .catch(() => 0);
    if (status === 200) works();
    else if (failed) probeIn(Math.min(2 * delay, PROBE_MAX_MS));
  };
  const probeIn = (delay: number): void => {
    if (!pool.closed) probing = setTimeout(() => void probe(delay), delay).unref();
  };
  const fails = (reason: unknown): void => {
    if (failed || pool.closed) return;
    failed = true;
    probeIn(PROBE_MIN_MS);
    log.warn({ err: reason }, 'an instance failed; others are asked until it answers');
  };

  return {
    get pending() {
      return pending;
    },
    get streams() {
      return streams;
    },
    get failed() {
      return failed;
    },
    async request(options) {
      pending++;
      try {
        const answer = await request(options);
        if (wasNotBegun(answer)) fails('it is closing');
        else works();
        return answer;
      } catch (error) {
        fails(error);
        throw error;
      } finally {
        pending--;
      }
    },
    async open(options) {
      streams++;
      try {
        const answer = await openStream(streamPool, options, () => streams--);
        if ('refusal' in answer && wasNotBegun(answer.refusal)) fails('it is closing');
        else works();
        return answer;
      } catch (error) {
        fails(error);
        throw error;
      }
    },
    retire() {
      clearTimeout(probing);
      pool.close().catch(() => {});
      streamPool.close().catch(() => {});
    },
    async destroy() {
      clearTimeout(probing);
      await Promise.all([pool.destroy(), streamPool.destroy()]);
    },
  };
}

/**
 * Whether an error proves that no byte of the request left: there was no connection (refused, unreachable, timed out;
 * whatever comes later has another system call in it), or the pool had stopped taking requests. A connection that broke
 * may have carried the whole request, and proves nothing.
 */
export const wasNotSent = (error: unknown): boolean =>
  error instanceof Error &&
  (('syscall' in error && error.syscall === 'connect') ||
    ('code' in error && (error.code === 'UND_ERR_CONNECT_TIMEOUT' || error.code === 'UND_ERR_CLOSED')));

/** Whether an answer says that the request was refused before any work was done: its server is closing. */
export const wasNotBegun = ({ status, headers }: ServiceAnswer): boolean =>
  status === 503 && headers[NOT_BEGUN_HEADER] !== undefined;
