import { AppError } from '@secure-chat/service-kit/app-error';
import type { Caller } from '@secure-chat/service-kit/internal-identity';
import type { Service } from '@secure-chat/service-kit/service';
import type { StartStream } from '@secure-chat/service-kit/stream-operation';
import type { TraceContext } from '@secure-chat/service-kit/tracing/traceparent';
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
  /** Network of the client, as `clientNetwork` writes it; nothing for a service that need not know. */
  readonly network?: string;
  readonly requestId: string;
  /** JSON, not looked at here; null for none. */
  readonly body: Uint8Array | null;
  /** What it belongs to; nothing where nothing is traced. */
  readonly trace?: TraceContext | null;
}

export interface ServiceAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array | string;
}

/** How a call that asked for a stream was answered. */
export type StreamAnswer = { readonly start: StartStream } | { readonly refusal: ServiceAnswer };

/** A service, as the gateway reaches it. */
export interface Upstream {
  /** Throws `unavailable` when the service does not answer. A refusal is an answer, or an `AppError`. */
  call(call: ServiceCall): Promise<ServiceAnswer>;
  /** The same call of every instance that works, or of every one if none does: one that refuses, if any, answers. */
  callAll(call: ServiceCall): Promise<ServiceAnswer>;
  /** As `call`, of an endpoint that answers with a stream. The sink gets whole events. */
  open(call: ServiceCall): Promise<StreamAnswer>;
  /** Whether every part of it works; of several instances, of one. */
  isReady(): Promise<boolean>;
  /** Waits for no answer any more. */
  close(): Promise<void>;
}

export type Upstreams = Readonly<Record<ServiceName, Upstream>>;

/** A service in this process: no socket, and no port that somebody else could call. */
export function createInProcessUpstream({
  operations,
  streams,
  isReady,
}: Pick<Service, 'operations' | 'streams' | 'isReady'>): Upstream {
  const byEndpoint = new Map(
    operations.map((operation) => [`${operation.method} ${operation.path}`, operation]),
  );
  const streamOf = new Map(streams.map((stream) => [`${stream.method} ${stream.path}`, stream]));
  const upstream: Upstream = {
    async call({ method, path, ...call }) {
      const operation = byEndpoint.get(`${method} ${path}`);
      if (!operation) throw new AppError('not_found');
      const { json, headers } = await operation.perform(call);
      return {
        status: 200,
        headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
        body: json,
      };
    },
    callAll: (call) => upstream.call(call),
    async open({ method, path, ...call }) {
      const stream = streamOf.get(`${method} ${path}`);
      if (!stream) throw new AppError('not_found');
      return { start: await stream.open(call) };
    },
    isReady,
    close: async () => {},
  };
  return upstream;
}
