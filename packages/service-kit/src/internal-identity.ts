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

/** Only a network has dots in it, and what stands behind it is of fixed lengths. */
const FORM =
  /^(\d{1,15})\.([A-Za-z0-9_-]*)\.([A-Za-z0-9_-]*)\.([0-9a-z.:/]{0,64})\.([0-9a-f]{8})\.([A-Za-z0-9_-]{43})$/;

/** What an identity is bound to: it opens no other service, method or path. */
export interface Call {
  readonly service: ServiceName;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly requestId: string;
}

/** On whose behalf a service is called, and from where. */
export interface Identity {
  /** Null for nobody's. */
  readonly caller: Caller | null;
  /** Network of the client, as `clientNetwork` writes it; empty where the service need not know. */
  readonly network: string;
}

const mac = (key: Uint8Array, issuedAt: string, who: string, call: Call): Buffer =>
  createHmac('sha256', key)
    .update(`${issuedAt}\n${who}\n${call.service}\n${call.method}\n${call.path}\n${call.requestId}`)
    .digest();

/** `issuedAt.username.sessionId.network.keyId.mac`; name and session are empty for a call on nobody's behalf. */
export function signIdentity(
  keys: Keyring,
  caller: Caller | null,
  call: Call,
  now: number,
  network = '',
): string {
  const who = `${caller?.username ?? ''}.${caller?.sessionId ?? ''}.${network}`;
  const { id, bytes } = keys.newest();
  return `${now}.${who}.${id}.${mac(bytes, String(now), who, call).toString('base64url')}`;
}

/** On whose behalf the gateway calls; null for anyone but the gateway. */
export function verifyIdentity(
  keys: Keyring,
  header: string | undefined,
  call: Call,
  now: number,
): Identity | null {
  const parts = FORM.exec(header ?? '');
  if (!parts) return null;
  const [, issuedAt = '', username = '', sessionId = '', network = '', keyId = '', signature = ''] = parts;
  if (Math.abs(now - Number(issuedAt)) > IDENTITY_MS) return null;
  const key = keys.find(keyId);
  if (!key) return null;
  const given = Buffer.from(signature, 'base64url');
  if (!timingSafeEqual(mac(key.bytes, issuedAt, `${username}.${sessionId}.${network}`, call), given))
    return null;
  return { caller: username === '' ? null : { username, sessionId }, network };
}
