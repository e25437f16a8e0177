import { REQUEST_WINDOW_MS } from '@secure-chat/wire/limits';
import { login, unknownAccount } from './account.ts';
import type { Identity } from './profile/identity.ts';
import type { Credentials } from './request-signer.ts';
import { postLogout } from './requests.ts';
import type { EventStream, StreamRequest, Transport, WireRequest } from './transport.ts';
import { TransportError } from './transport-error.ts';

/** Milliseconds that leaving waits for the server: a person who quits does not wait for a dead one. */
const LOGOUT_TIMEOUT_MS = 2_000;

/** Signed requests of one account. The session key is in memory only. */
export interface Session {
  /** Signs in first when there is no session, again when the server has ended it. */
  request<T>(request: WireRequest<T>): Promise<T>;
  /** The same, of a stream. */
  stream(request: Omit<StreamRequest, 'credentials'>): Promise<EventStream>;
  /** Ends the session at the server. Never throws. */
  end(): Promise<void>;
}

interface OpenSession extends Credentials {
  /** Whether the server has accepted a request of it. */
  proven: boolean;
}

export function createSession(transport: Transport, identity: Identity, now: () => number): Session {
  let current: OpenSession | null = null;
  let opening: Promise<OpenSession> | null = null;

  async function open(): Promise<OpenSession> {
    const credentials = await login(transport, identity);
    if (!credentials) throw unknownAccount(transport.server, identity.username);
    current = { ...credentials, proven: false };
    return current;
  }

  /** Requests that find no session share one sign-in. */
  function credentials(): Promise<OpenSession> | OpenSession {
    if (current) return current;
    opening ??= open().finally(() => {
      opening = null;
    });
    return opening;
  }

  async function signed<T>(send: (used: Credentials) => Promise<T>): Promise<T> {
    for (;;) {
      const used = await credentials();
      try {
        const answer = await send(used);
        used.proven = true;
        return answer;
      } catch (error) {
        if (!(error instanceof TransportError) || error.failure !== 'unauthorized') throw error;
        if (current === used) current = null;
        // A session that never worked would not work the next time either.
        if (!used.proven) throw refusedSession(error, now());
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

/** The usual cause of a fresh session that is refused is a clock: the server says its own time. */
function refusedSession(error: TransportError, now: number): TransportError {
  const offset = error.serverTime === null ? 0 : now - error.serverTime;
  const seconds = Math.round(Math.abs(offset) / 1000);
  // One second less than the window: the Date header has no fractions.
  const message =
    Math.abs(offset) >= REQUEST_WINDOW_MS - 1000
      ? `Your clock is ${seconds} s ${offset > 0 ? 'ahead of' : 'behind'} the server's. Set it right.`
      : 'The server opened a session and then refused it. Try again later.';
  return new TransportError('unauthorized', message, { status: 401, cause: error });
}
