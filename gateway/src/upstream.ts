import { AppError } from '@secure-chat/service-kit/app-error';
import { type Caller, IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import type { Service } from '@secure-chat/service-kit/service';
import type { ServiceName } from '@secure-chat/wire/endpoints';
import { Pool } from 'undici';

/** Connections from a gateway to a service. */
const CONNECTIONS = 64;
/** Milliseconds for a service's answer: more than its own time-outs take, less than the client's patience. */
const ANSWER_MS = 10_000;
const CONNECT_MS = 2_000;

export interface ServiceCall {
  readonly method: 'GET' | 'POST';
  /** As the endpoint has it: `/chat/:username/send`. */
  readonly path: string;
  /** The name in the path, a valid one; empty where there is none. */
  readonly username: string;
  readonly caller: Caller | null;
  readonly requestId: string;
  /** JSON, not looked at here; null for none. */
  readonly body: Uint8Array | null;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array | string;
}

/** A service, as the gateway reaches it. */
export interface Upstream {
  /** Throws `unavailable` when the service does not answer. A refusal is an answer, or an `AppError`. */
  call(call: ServiceCall): Promise<ServiceAnswer>;
  /** Whether every part of it works. */
  isReady(): Promise<boolean>;
  /** Waits for no answer any more. */
  close(): Promise<void>;
}

export type Upstreams = Readonly<Record<ServiceName, Upstream>>;

export interface HttpUpstreamOptions {
  readonly service: ServiceName;
  /** For example `http://127.0.0.1:8001`. */
  readonly origin: string;
  readonly identityKey: Uint8Array;
  readonly clock: () => number;
}

/** A service that is a process of its own. Every call carries the gateway's signed identity. */
export function createHttpUpstream({ service, origin, identityKey, clock }: HttpUpstreamOptions): Upstream {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    connect: { timeout: CONNECT_MS },
  });
  return {
    async call({ method, path: pattern, username, caller, requestId, body }) {
      const path = pattern.replace(':username', username);
      const headers = {
        'x-request-id': requestId,
        [IDENTITY_HEADER]: signIdentity(identityKey, caller, { service, method, path, requestId }, clock()),
        ...(body && { 'content-type': 'application/json' }),
      };
      try {
        const answer = await pool.request({ method, path, headers, body });
        return { status: answer.statusCode, headers: answer.headers, body: await answer.body.bytes() };
      } catch (error) {
        throw new AppError('unavailable', { cause: error });
      }
    },
    async isReady() {
      const answer = await pool.request({ method: 'GET', path: '/ready' });
      await answer.body.dump();
      return answer.statusCode === 200;
    },
    close: () => pool.destroy(),
  };
}

/** A service in this process: no socket, and no port that somebody else could call. */
export function createInProcessUpstream({
  operations,
  isReady,
}: Pick<Service, 'operations' | 'isReady'>): Upstream {
  const byEndpoint = new Map(
    operations.map((operation) => [`${operation.method} ${operation.path}`, operation]),
  );
  return {
    async call({ method, path, username, caller, body }) {
      const operation = byEndpoint.get(`${method} ${path}`);
      if (!operation) throw new AppError('not_found');
      const { json, headers } = await operation.perform({ caller, username, body });
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
        body: json,
      };
    },
    isReady,
    close: async () => {},
  };
}
