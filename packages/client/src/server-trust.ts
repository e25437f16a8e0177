import { rootCertificates } from 'node:tls';

/** Who is believed to be the server, and in what way it may be spoken to. */
export interface ServerTrust {
  /** Certificates, PEM, of authorities that count beside those that Node comes with; null for none. */
  readonly ca: string | null;
  /** Whether plain HTTP may leave this machine: in a network where nobody else listens. */
  readonly insecureHttp: boolean;
}

export const USUAL_TRUST: ServerTrust = { ca: null, insecureHttp: false };

/** Whether what is sent to the server leaves this machine without TLS. `server`: its address. */
export function isExposed(server: string): boolean {
  const { protocol, hostname } = new URL(server);
  return protocol === 'http:' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}

/** For the connections of undici, and `tls.connect`. */
export const tlsOptions = ({ ca }: ServerTrust): { ca?: string[] } =>
  ca === null ? {} : { ca: [...rootCertificates, ca] };
