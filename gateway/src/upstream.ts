import { AppError } from '@secure-chat/service-kit/app-error';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import type { Service } from '@secure-chat/service-kit/service';
import type { Method, ServiceName } from '@secure-chat/wire/endpoints';

export interface ServiceCall {
  readonly method: Method;
  /** As the endpoint has it: `/chat/:username/send`. */
  readonly path: string;
  /** The name in the path, a valid one; empty where there is none. */
  readonly username: string;
  /** What stands behind the `?`, in the characters of a URI; nothing for none. */
  readonly query?: string;
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
  /** Whether every part of it works; of several instances, of one. */
  isReady(): Promise<boolean>;
  /** Waits for no answer any more. */
  close(): Promise<void>;
}

export type Upstreams = Readonly<Record<ServiceName, Upstream>>;

/** A service in this process: no socket, and no port that somebody else could call. */
export function createInProcessUpstream({
  operations,
  isReady,
}: Pick<Service, 'operations' | 'isReady'>): Upstream {
  const byEndpoint = new Map(
    operations.map((operation) => [`${operation.method} ${operation.path}`, operation]),
  );
  return {
    async call({ method, path, username, query = '', caller, body }) {
      const operation = byEndpoint.get(`${method} ${path}`);
      if (!operation) throw new AppError('not_found');
      const { json, headers } = await operation.perform({ caller, username, query, body });
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
