import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ServiceName } from '@secure-chat/wire/endpoints';
import type { Keyring } from './service-keys.ts';

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

/** `issuedAt.username.sessionId.keyId.mac`; name and session are empty for a call on nobody's behalf. */
export function signIdentity(keys: Keyring, caller: Caller | null, call: Call, now: number): string {
  const who = caller ? `${caller.username}.${caller.sessionId}` : '.';
  const { id, bytes } = keys.newest();
  return `${now}.${who}.${id}.${mac(bytes, String(now), who, call).toString('base64url')}`;
}

/** Who calls; `{ caller: null }` for the gateway on nobody's behalf; null for anyone but the gateway. */
export function verifyIdentity(
  keys: Keyring,
  header: string | undefined,
  call: Call,
  now: number,
): { caller: Caller | null } | null {
  const parts = /^(\d{1,15})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)\.([0-9a-f]{8})\.([A-Za-z0-9_-]{43})$/.exec(
    header ?? '',
  );
  if (!parts) return null;
  const [, issuedAt = '', username = '', sessionId = '', keyId = '', signature = ''] = parts;
  if (Math.abs(now - Number(issuedAt)) > IDENTITY_MS) return null;
  const key = keys.find(keyId);
  if (!key) return null;
  const given = Buffer.from(signature, 'base64url');
  if (!timingSafeEqual(mac(key.bytes, issuedAt, `${username}.${sessionId}`, call), given)) return null;
  return { caller: username === '' ? null : { username, sessionId } };
}
