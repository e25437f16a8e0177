import { parseSignature, signedBytes, verifyRequest } from '@secure-chat/crypto/request-signature';
import { AppError } from '@secure-chat/service-kit/app-error';
import type { Slices } from '@secure-chat/service-kit/slices';
import { REQUEST_WINDOW_MS } from '@secure-chat/wire/limits';
import { parseTimestamp } from '@secure-chat/wire/timestamps';
import { type Authenticated, signatureId } from './authenticated.ts';
import { namedSession } from './named-session.ts';
import type { RecentSessions } from './recent-sessions.ts';
import type { SessionScan } from './session-scan.ts';
import type { Session, Sessions } from './sessions.ts';

export interface SignedRequest {
  /** As `clientNetwork` has it. */
  readonly address: string;
  /** What stands for the connection on which it came. */
  readonly connection: { readonly destroyed: boolean };
  /** `X-Request-Timestamp`, `X-Request-Signature`, `X-Session-Id`; undefined where absent or repeated. */
  readonly timestamp: string | undefined;
  readonly signature: string | undefined;
  readonly sessionId: string | undefined;
  /** The exact bytes that came. */
  readonly rawBody: Uint8Array;
}

/**
 * Bytes of a body whose scan is a short one. An HMAC over 64 KiB takes as long as those over twenty of these: scans of
 * large bodies wait for one another, and never in front of the short ones.
 */
const SMALL_BODY = 4 * 1024;

export type Authenticate = (request: SignedRequest) => Promise<Authenticated>;

export interface AuthenticateParts {
  readonly sessions: Sessions;
  readonly recent: RecentSessions;
  /** For bodies up to `SMALL_BODY`, and for larger ones. */
  readonly scans: { readonly small: SessionScan; readonly large: SessionScan };
  readonly slices: Slices;
  readonly clock: () => number;
}

/** wire contract, "Signed endpoints": signatures v1, of sessions of that kind. Resolves to who signed; throws `unauthorized` for every other request. */
export function createAuthenticate({
  sessions,
  recent,
  scans,
  slices,
  clock,
}: AuthenticateParts): Authenticate {
  /** The session that signed last on a connection: a client that keeps one open is found at once. */
  const onConnection = new WeakMap<object, string>();

  /** With a small body, 64 tries are a fifth of a millisecond: who is known here waits for no search of others. */
  const lately = async (
    { address, connection }: SignedRequest,
    fits: (session: Session) => boolean,
    isSmall: boolean,
  ): Promise<Session | null> => {
    for (const sessionId of [onConnection.get(connection), ...recent.of(address)]) {
      const session = sessionId === undefined ? undefined : sessions.get(sessionId);
      if (session && fits(session)) return session;
      if (!isSmall && slices.isOver()) await slices.breathe();
    }
    return null;
  };

  return async (request) => {
    const { address, connection, timestamp = '', sessionId, rawBody } = request;
    const at = parseTimestamp(timestamp);
    const signature = parseSignature(request.signature ?? '');
    if (at === null || signature === null || Math.abs(clock() - at) > REQUEST_WINDOW_MS)
      throw new AppError('unauthorized');
    const signed = signedBytes(rawBody, timestamp);
    const fits = ({ key, signatures }: Session): boolean =>
      signatures === 'v1' && verifyRequest(key, signed, signature);

    let session: Session | null;
    if (sessionId !== undefined) {
      const candidate = await namedSession(sessions, sessionId);
      session = candidate && fits(candidate) ? candidate : null;
    } else {
      const isSmall = rawBody.length <= SMALL_BODY;
      const scan = isSmall ? scans.small : scans.large;
      session =
        (await lately(request, fits, isSmall)) ??
        (await scan.find(address, fits, () => connection.destroyed));
    }
    if (!session) throw new AppError('unauthorized');
    recent.saw(address, session.sessionId);
    onConnection.set(connection, session.sessionId);
    const counts = rawBody.length > 0 || isFine(timestamp);
    const once = { signature: signatureId(signature), until: at + REQUEST_WINDOW_MS, gatewayId: null };
    return { session, signature: counts ? once : null };
  };
}

/**
 * Whether a timestamp tells apart what a client sends within a millisecond, as v1 clients do. Two requests without a body and
 * with the same coarser one have the same signature, and both are meant.
 */
const isFine = (timestamp: string): boolean => /\.\d{3}\d*[1-9]/.test(timestamp);
