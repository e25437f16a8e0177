import { REQUEST_WINDOW_MS, SESSION_IDLE_MS, SESSION_LIFE_MS } from '@secure-chat/wire/limits';
import { deletedAccount, unknownAccount } from './account.ts';
import { ClientError } from './client-error.ts';
import { loginWithSecret } from './login-secret.ts';
import type { IdentityTable } from './profile/identity.ts';
import type { Credentials } from './request-signer.ts';
import { postLogout } from './requests.ts';
import type { EventStream, StreamRequest, Transport, WireRequest } from './transport.ts';
import { TransportError } from './transport-error.ts';

/** Milliseconds that leaving waits for the server: a person who quits does not wait for a dead one. */
const LOGOUT_TIMEOUT_MS = 2_000;

/** Signed requests of one account. The session key is in memory only. */
export interface Session {
  /**
   * Signs in first when there is no session, and again when it has run out. Where it was ended before its time, by its user from
   * elsewhere, nobody signs in again: all requests throw ClientError session_ended from then on; and account_deleted where that is.
   */
  request<T>(request: WireRequest<T>): Promise<T>;
  /** The same, of a stream. */
  stream(request: Omit<StreamRequest, 'credentials'>): Promise<EventStream>;
  /** Ends the session at the server; the next request opens another one. Never throws. */
  end(): Promise<void>;
}

interface OpenSession extends Credentials {
  readonly openedAt: number;
  /** When the server last accepted a request of it; null before the first. */
  usedAt: number | null;
}

export function createSession(options: {
  transport: Transport;
  identity: IdentityTable;
  /** What the list of sessions calls this program. */
  label: string;
  now: () => number;
  /** It was ended from elsewhere, which the sentence says. */
  onEnded: (reason: string) => void;
}): Session {
  const { transport, identity, label, now, onEnded } = options;
  let current: OpenSession | null = null;
  let opening: Promise<OpenSession> | null = null;
  let ended: ClientError | null = null;

  async function open(): Promise<OpenSession> {
    const { username, deletion } = identity.get();
    if (deletion === 'done') throw deletedAccount(username);
    const credentials = await loginWithSecret(transport, identity, label);
    if (!credentials && deletion === null) throw unknownAccount(transport.server, username);
    // It was asked for, and the answer did not come: this is the answer.
    if (deletion !== null) identity.put({ ...identity.get(), deletion: credentials ? null : 'done' });
    if (!credentials) throw deletedAccount(username);
    current = { ...credentials, openedAt: now(), usedAt: null };
    return current;
  }

  /** Requests that find no session share one sign-in. */
  function credentials(): Promise<OpenSession> | OpenSession {
    if (ended) throw ended;
    if (current) return current;
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;
  }

  /** The server did not accept it, twice. Throws unless it may be replaced. */
  function assertOver(used: OpenSession, error: TransportError): void {
    const offset = error.serverTime === null ? 0 : now() - error.serverTime;
    // A session that never worked, or a clock that is wrong, would not work the next time either.
    if (used.usedAt === null || isClockOff(offset)) {
      if (used.usedAt === null) current = null;
      throw refusedSession(error, offset);
    }
    const hasRunOut = now() - used.usedAt >= SESSION_IDLE_MS || now() - used.openedAt >= SESSION_LIFE_MS;
    current = null;
    if (hasRunOut || identity.get().deletion !== null) return;
    ended = sessionEnded(error);
    onEnded(ended.message);
    throw ended;
  }

  async function signed<T>(send: (used: Credentials) => Promise<T>): Promise<T> {
    let refused: OpenSession | null = null;
    for (;;) {
      const used = await credentials();
      try {
        const answer = await send(used);
        used.usedAt = now();
        return answer;
      } catch (error) {
        if (!(error instanceof TransportError) || error.failure !== 'unauthorized') throw error;
        // One that was signed long before it arrived, since the computer was asleep, says nothing of the session.
        if (current === used && (refused === used || used.usedAt === null)) assertOver(used, error);
        refused = used;
      }
    }
  }

  return {
    request: (request) => signed((used) => transport.request(request, { credentials: used })),
    stream: (request) => signed((used) => transport.stream({ ...request, credentials: used })),
    async end() {
      const ending = current;
      current = null;
      if (!ending) return;
      await transport
        .request(postLogout, { credentials: ending, timeoutMs: LOGOUT_TIMEOUT_MS })
        .catch(() => undefined);
    },
  };
}

const sessionEnded = (cause: unknown): ClientError =>
  new ClientError(
    'session_ended',
    'This session was ended from elsewhere, or by a change of the password. Sign in again if it was you.',
    { cause },
  );

/** One second less than the window: the Date header has no fractions. */
const isClockOff = (offset: number): boolean => Math.abs(offset) >= REQUEST_WINDOW_MS - 1000;

/** The usual cause of a fresh session that is refused is a clock: the server says its own time. */
function refusedSession(error: TransportError, offset: number): TransportError {
  const seconds = Math.round(Math.abs(offset) / 1000);
  const message = isClockOff(offset)
    ? `Your clock is ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} the server's. Set it right.`
    : 'The server opened a session and then refused it. Try again later.';
  return new TransportError('unauthorized', message, { status: 401, cause: error });
}
