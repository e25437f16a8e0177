import { rootCertificates } from 'node:tls';

/** Who is believed to be the server, and in what way it may be spoken to. */
export interface ServerTrust {
  /** Certificates, PEM, of authorities that count beside those that Node comes with; null for none. */
  readonly ca: string | null;
  /** Whether plain HTTP may leave this machine: in a network where nobody else listens. */
  readonly insecureHttp: boolean;
  readonly pin: PinWish;
}

/**
 * By which key alone the server is known, whatever authorities say: null for the one that the profile remembers, if any;
 * `first` for the one that the server shows where none is remembered; `none` to forget it; or the key itself.
 */
export type PinWish = string | null;

export const USUAL_TRUST: ServerTrust = { ca: null, insecureHttp: false, pin: null };

export const PIN_RULE =
  'the key of a server (sha256: and 64 hex digits), "first" for the one that it shows now, or "none" to forget it';

/** Null for what is no wish. */
export function parsePin(text: string): PinWish {
  const wish = text.toLowerCase();
  return wish === 'first' || wish === 'none' || /^sha256:[0-9a-f]{64}$/.test(wish) ? wish : null;
}

/** Whether what is sent to the server leaves this machine without TLS. `server`: its address. */
export function isExposed(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** For the connections of undici, and `tls.connect`. */
export const tlsOptions = ({ ca }: Pick<ServerTrust, 'ca'>): { ca?: string[] } =>
  ca === null ? {} : { ca: [...rootCertificates, ca] };
