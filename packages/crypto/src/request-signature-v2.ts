import { createHash, type KeyObject } from 'node:crypto';
import {
  type ComponentOf,
  parseMessageSignature,
  signatureBase,
  signMessage,
  verifyMessage,
} from './message-signature.ts';

/** Request signatures v2 (docs/protocol.md): which parts of a request a signature has to cover, by RFC 9421. */

const COVERED = ['@method', '@authority', '@path', '@query', 'content-digest'] as const;

/** RFC 9530: `Content-Digest` of these bytes; of none, too. */
const contentDigest = (content: Uint8Array): string =>
  `sha-256=:${createHash('sha256').update(content).digest('base64')}:`;

const NONCE = /^[A-Za-z0-9_.-]{16,64}$/;
const FIELD_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** A request as it is on the wire. */
export interface WireRequest {
  readonly method: string;
  /** Lower case, without the scheme's own port: `chat.example`, `127.0.0.1:8000`. */
  readonly authority: string;
  /** The target as sent, path and query: `/key-log?from=0`. */
  readonly target: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, unknown>>;
  /** The exact bytes; none for an empty body. */
  readonly body: Uint8Array;
}

function componentsOf({ method, authority, target, headers }: Omit<WireRequest, 'body'>): ComponentOf {
  const mark = target.indexOf('?');
  return (name) => {
    if (name === '@method') return method;
    if (name === '@authority') return authority;
    if (name === '@path') return mark === -1 ? target : target.slice(0, mark);
    if (name === '@query') return mark === -1 ? '?' : target.slice(mark);
    const field = FIELD_NAME.test(name) ? headers[name] : undefined;
    return typeof field === 'string' ? field.trim() : null;
  };
}

export interface RequestSigner {
  readonly sessionId: string;
  readonly key: KeyObject;
  /** Seconds since the epoch. */
  readonly created: number;
  /** 16 to 64 of `[A-Za-z0-9_.-]`, never used before. */
  readonly nonce: string;
}

/** The headers that sign a request. `request.headers` are those that are covered beside what always is. */
export function signRequestV2(
  { sessionId, key, created, nonce }: RequestSigner,
  request: WireRequest,
): Record<string, string> {
  const digest = { 'content-digest': contentDigest(request.body) };
  const components = componentsOf({ ...request, headers: { ...request.headers, ...digest } });
  const covered = [...COVERED, ...Object.keys(request.headers)];
  return { ...digest, ...signMessage(key, covered, { created, keyId: sessionId, nonce }, components) };
}

/** The signature of a request, which its key has still to verify. */
export interface RequestSignatureV2 {
  readonly sessionId: string;
  /** Milliseconds since the epoch. */
  readonly created: number;
  /** The last moment at which it counts, where its maker said so: milliseconds since the epoch. */
  readonly expires: number;
  readonly nonce: string;
  readonly signature: Buffer;
  verify(key: KeyObject): boolean;
}

/**
 * Null when a request has no signature v2, or one that does not cover what it has to: method, authority, path, query, the
 * digest of the body (which is checked here), and those headers named `meaningful` (in lower case) that it has.
 */
export function readRequestSignatureV2(
  request: WireRequest,
  meaningful: readonly string[] = [],
): RequestSignatureV2 | null {
  const { headers, body } = request;
  const { 'signature-input': inputs, signature: signatures, 'content-digest': digest } = headers;
  if (typeof inputs !== 'string' || typeof signatures !== 'string' || typeof digest !== 'string') return null;
  const parsed = parseMessageSignature(inputs, signatures);
  if (parsed === null) return null;
  const { components, created, expires, keyId, nonce, signature } = parsed;
  if (created === null || keyId === null || nonce === null || !NONCE.test(nonce)) return null;
  const required = [...COVERED, ...meaningful.filter((name) => headers[name] !== undefined)];
  if (!required.every((name) => components.includes(name))) return null;
  const base = signatureBase(parsed, componentsOf(request));
  if (base === null || digest !== contentDigest(body)) return null;
  return {
    sessionId: keyId,
    created: created * 1000,
    expires: expires === null ? Number.POSITIVE_INFINITY : expires * 1000,
    nonce,
    signature,
    verify: (key) => verifyMessage(key, base, signature),
  };
}
