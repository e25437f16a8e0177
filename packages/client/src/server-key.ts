import { createHash } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { buildConnector } from 'undici';

/** A server known by the key of its certificate: by that alone, whatever name, date or authority stands beside it. */

type Connector = buildConnector.connector;

/** `sha256:` and 64 hex digits: SHA-256 of the SubjectPublicKeyInfo. Null where there is no certificate. */
function keyOf(socket: unknown): string | null {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (!certificate) return null;
  const der = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/** By which alone a server is known. */
export interface ServerPin {
  /** `sha256:` and 64 hex digits. */
  readonly key: string;
  /** The server has shown it before. Otherwise a person has given it, and it may be mistyped. */
  readonly met: boolean;
}

/** What the server showed in place of the key by which it is known. */
export class OtherKeyError extends Error {
  readonly shown: string;
  readonly pin: ServerPin;

  constructor(shown: string, pin: ServerPin) {
    super(`${shown}, not ${pin.key}`);
    this.shown = shown;
    this.pin = pin;
  }
}

/** Connections to who has this key; before a byte of a request, they end with OtherKeyError at anybody else. */
export function createPinnedConnector(pin: ServerPin): Connector {
  // A connection that resumes another one may show no certificate.
  const connect = buildConnector({ rejectUnauthorized: false, maxCachedSessions: 0 });
  let { met } = pin;
  return (to, done) =>
    connect(to, (error, socket) => {
      if (error) {
        done(error, null);
        return;
      }
      const shown = keyOf(socket);
      if (shown === pin.key) {
        met = true;
        done(null, socket);
        return;
      }
      socket.destroy();
      done(new OtherKeyError(shown ?? 'none', { key: pin.key, met }), null);
    });
}

/** The key that the server shows now; it is sent nothing. `timeoutMs`: of connecting. Throws what `tls.connect` does. */
export function fetchServerKey(server: string, timeoutMs: number): Promise<string> {
  const { protocol, host, hostname, port } = new URL(server);
  const connect = buildConnector({ rejectUnauthorized: false, maxCachedSessions: 0, timeout: timeoutMs });
  return new Promise((resolve, reject) => {
    connect({ protocol, host, hostname, port }, (error, socket) => {
      const key = keyOf(socket);
      socket?.destroy();
      if (key === null) reject(error ?? new Error('a connection without a certificate'));
      else resolve(key);
    });
  });
}
