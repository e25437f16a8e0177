import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

export interface RequestIdOptions {
  /** Believe `X-Request-Id`: inside. */
  readonly trustRequestId: boolean;
  /** Addresses and networks of proxies whose `traceparent` is believed. */
  readonly trustProxy: readonly string[];
}

/** W3C Trace Context, 3.2: version, trace id, parent id, flags. Ids of zeros alone are none. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-|$)/;

/**
 * Names requests, with one name in all answers and logs: a gateway's own for its services; the trace id where a proxy in front sends
 * one, so that its traces and our logs can be joined; a new one otherwise. A client cannot choose it.
 */
export function createRequestIds({
  trustRequestId,
  trustProxy,
}: RequestIdOptions): (request: IncomingMessage) => string {
  const isProxy = isAmong(trustProxy);
  const given = ({ headers, socket }: IncomingMessage): string | undefined => {
    const requestId = headers['x-request-id'];
    if (trustRequestId && typeof requestId === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(requestId))
      return requestId;
    const { traceparent } = headers;
    if (typeof traceparent !== 'string' || !isProxy(socket.remoteAddress ?? '')) return undefined;
    return TRACEPARENT.exec(traceparent)?.[1];
  };
  return (request) => given(request) ?? randomUUID();
}

/** Of addresses, and networks such as `10.1.0.0/16`. */
function isAmong(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  const kindOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    if (bits === undefined) list.addAddress(address, kindOf(address));
    else list.addSubnet(address, Number(bits), kindOf(address));
  }
  // An IPv4 address that came by a socket for both kinds is found as one.
  return (address) => isIP(address) > 0 && list.check(address, kindOf(address));
}
