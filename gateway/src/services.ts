import { type Caller, IDENTITY_HEADER, signIdentity } from '@secure-chat/service-kit/internal-identity';
import type { ServiceName } from '@secure-chat/wire/endpoints';
import type { Upstream, UpstreamAnswer } from './upstream.ts';

export type Upstreams = Readonly<Record<ServiceName, Upstream>>;

export interface ServiceCall {
  readonly service: ServiceName;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly caller: Caller | null;
  readonly requestId: string;
  /** JSON, not looked at here; null for none. */
  readonly body: Uint8Array | null;
}

/** Calls a service with the gateway's signed identity. Throws `unavailable` when it does not answer. */
export type CallService = (call: ServiceCall) => Promise<UpstreamAnswer>;

export const createCallService =
  (upstreams: Upstreams, identityKey: Uint8Array, clock: () => number): CallService =>
  ({ service, method, path, caller, requestId, body }) =>
    upstreams[service].request({
      method,
      path,
      body,
      headers: {
        'x-request-id': requestId,
        [IDENTITY_HEADER]: signIdentity(identityKey, caller, { service, method, path, requestId }, clock()),
        ...(body && { 'content-type': 'application/json' }),
      },
    });
