import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ServiceName } from '@secure-chat/wire/endpoints';

/** Header in which the gateway tells a service on whose behalf it calls. */
export const IDENTITY_HEADER = 'x-internal-identity';

/** Milliseconds that an identity holds, either way: a call inside a data centre and two clocks that nearly agree. */
export const IDENTITY_MS = 10_000;

/** The user and session that signed the public request. */
export interface Caller {
  readonly username: string;
  readonly sessionId: string;
}

/** What an identity is bound to: it opens no other service, method or path. */
export interface Call {
  readonly service: ServiceName;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly requestId: string;
}

const mac = (key: Uint8Array, issuedAt: string, caller: string, call: Call): Buffer =>
  createHmac('sha256', key)
    .update(`${issuedAt}\n${caller}\n${call.service}\n${call.method}\n${call.path}\n${call.requestId}`)
    .digest();

/** `issuedAt.username.sessionId.mac`; name and session are empty for a call on nobody's behalf. */
export function signIdentity(key: Uint8Array, caller: Caller | null, call: Call, now: number): string {
  const who = caller ? `${caller.username}.${caller.sessionId}` : '.';
  return `${now}.${who}.${mac(key, String(now), who, call).toString('base64url')}`;
}

/** Who calls; `{ caller: null }` for the gateway on nobody's behalf; null for anyone but the gateway. */
export function verifyIdentity(
  key: Uint8Array,
  header: string | undefined,
  call: Call,
  now: number,
): { caller: Caller | null } | null {
  const parts = /^(\d{1,15})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]{43})$/.exec(header ?? '');
  if (!parts) return null;
  const [, issuedAt = '', username = '', sessionId = '', signature = ''] = parts;
  if (Math.abs(now - Number(issuedAt)) > IDENTITY_MS) return null;
  const given = Buffer.from(signature, 'base64url');
  if (!timingSafeEqual(mac(key, issuedAt, `${username}.${sessionId}`, call), given)) return null;
  return { caller: username === '' ? null : { username, sessionId } };
}
