import { AuthenticationError, ResponseError } from '@platformatic/kafka';
import { EventLogError } from '../errors.ts';
import { NonsenseError } from './sasl.ts';

/** Characters of somebody else's words that are worth a place in the log. */
const EXCERPT = 200;
/** Codes with which node:tls ends a connection over a certificate, over TLS itself, and OpenSSL over what is no TLS. */
const CERTIFICATE =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA$|INVALID_PURPOSE$|HOSTNAME_MISMATCH$|PATH_LENGTH_|ERR_TLS_CERT_)/;
const TLS = /^(ERR_SSL_|ERR_TLS_|EPROTO$)/;

/** A broker that is not to be spoken with until somebody changes settings, ours or its own. */
export class BrokerRefusal extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokerRefusal';
  }

  /** As callers of the log are told. */
  unavailable(): EventLogError {
    return new EventLogError('unavailable', this.message, { cause: this });
  }
}

/** What a failed connection says of settings, as the end of a sentence; null for what may pass by itself. */
export function refusalIn(error: unknown): string | null {
  const root = rootOf(error);
  if (root instanceof ResponseError) return loginRefusal(root.response, root);
  if (root instanceof AuthenticationError || root instanceof NonsenseError)
    return `is not who it should be: ${root.message}`;
  const code = root instanceof Error && 'code' in root ? String(root.code) : '';
  const said = (root instanceof Error ? root.message : '').slice(0, EXCERPT);
  if (CERTIFICATE.test(code)) return `shows a certificate that is refused (${code}): ${said}`;
  if (/BAD_CERTIFICATE|CERTIFICATE_REQUIRED|UNKNOWN_CA/.test(code))
    return `wants a certificate of ours that it knows (${code}): see KAFKA_TLS_CERT`;
  return TLS.test(code) ? `does not come to speak TLS with us (${code})` : null;
}

/** The innermost error; that of an answer is one. */
export function rootOf(error: unknown): unknown {
  let root = error;
  while (!(root instanceof ResponseError) && root instanceof Error && root.cause instanceof Error)
    root = root.cause;
  return root;
}

/** `response` is that of SaslHandshake, which lists mechanisms, or of SaslAuthenticate, which has words for what is wrong. */
function loginRefusal(response: unknown, error: ResponseError): string {
  const member = (name: string): unknown =>
    typeof response === 'object' && response !== null ? Reflect.get(response, name) : undefined;
  const [mechanisms, words] = [member('mechanisms'), member('errorMessage')];
  if (Array.isArray(mechanisms) && mechanisms.length > 0)
    return `has no such KAFKA_SASL; it has ${mechanisms.join(', ').slice(0, EXCERPT)}`;
  const said = typeof words === 'string' ? words : (error.errors[0]?.message ?? error.message);
  return `refuses the login: ${said.slice(0, EXCERPT)}`;
}
