import { AppError } from '@secure-chat/service-kit/app-error';
import type { ServiceServer } from '@secure-chat/service-kit/service-server';
import { Pool } from 'undici';

/** Connections from a gateway to a service. */
const CONNECTIONS = 64;
/** Milliseconds for a service's answer: more than its own time-outs take, less than the client's patience. */
const ANSWER_MS = 10_000;
const CONNECT_MS = 2_000;

export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | null;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

/** A service, as the gateway reaches it. Both ways behave alike. */
export interface Upstream {
  /** Throws `unavailable` when the service does not answer. */
  request(request: UpstreamRequest): Promise<UpstreamAnswer>;
  close(): Promise<void>;
}

/** A service that is a process of its own. */
export function createHttpUpstream(origin: string): Upstream {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    pipelining: 1,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
    connect: { timeout: CONNECT_MS },
  });
  return {
    async request({ method, path, headers, body }) {
      try {
        const answer = await pool.request({ method, path, headers, body });
        return { status: answer.statusCode, headers: answer.headers, body: await answer.body.bytes() };
      } catch (error) {
        throw new AppError('unavailable', { cause: error });
      }
    },
    close: () => pool.close(),
  };
}

/** A service in this process: no socket, and no port that somebody else could call. */
export const createInProcessUpstream = (service: ServiceServer): Upstream => ({
  async request({ method, path, headers, body }) {
    const answer = await service.inject({
      method,
      url: path,
      headers,
      ...(body && { payload: Buffer.from(body) }),
    });
    return { status: answer.statusCode, headers: answer.headers, body: answer.rawPayload };
  },
  close: async () => {},
});
