import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import { parseTraceparent, type TraceContext } from './tracing/traceparent.ts';

export interface RequestNamesOptions {
  /** Believe `X-Request-Id`: inside. */
  readonly trustRequestId: boolean;
  /** Addresses and networks of proxies whose `traceparent` is believed. */
  readonly trustProxy: readonly string[];
}

export interface RequestNames {
  /** The one name of a request in all answers, logs and traces. */
  idOf(request: IncomingMessage): string;
  /** What it belongs to in a trace that began in front of us; null where none did. */
  traceOf(request: IncomingMessage): TraceContext | null;
}

/** 32 hex digits, as the id of a trace has them. */
export const newRequestId = (): string => randomBytes(16).toString('hex');

/**
 * Names requests: as the gateway did, inside; by the trace id where a proxy in front sends one, so that its traces and our logs
 * can be joined; anew otherwise. A client cannot choose it.
 */
export function createRequestNames({ trustRequestId, trustProxy }: RequestNamesOptions): RequestNames {
  const isProxy = isAmong(trustProxy);
  const traceOf = ({ headers, socket }: IncomingMessage): TraceContext | null =>
    isProxy(socket.remoteAddress ?? '') ? parseTraceparent(headers.traceparent) : null;
  return {
    traceOf,
    idOf(request) {
      const given = request.headers['x-request-id'];
      if (trustRequestId && typeof given === 'string' && /^[A-Za-z0-9-]{8,64}$/.test(given)) return given;
      return traceOf(request)?.traceId ?? newRequestId();
    },
  };
}

/** Of addresses, and networks such as `10.1.0.0/16`. */
function isAmong(networks: readonly string[]): (address: string) => boolean {
  if (networks.length === 0) return () => false;
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
