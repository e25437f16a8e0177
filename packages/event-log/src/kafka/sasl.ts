import { type SASLOptions, type saslAuthenticateV2, saslPlain, saslScramSha } from '@platformatic/kafka';
import type { KafkaLogin } from './security.ts';

/**
 * Rounds of the password's hash: RFC 7677 and the stock client ask for 4,096 at least. Brokers take up to 16,384; a million
 * keep a thread busy for half a second, and who answers with 2^31 is no broker.
 */
const ITERATIONS_MAX = 1_000_000;

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const satisfies Record<KafkaLogin['mechanism'], SASLOptions['mechanism']>;

/**
 * Logs in by the stock client's own PLAIN and SCRAM. `onSession` gets the milliseconds for which the broker lets a
 * connection live (KIP-368), 0 for ever.
 *
 * What the stock client does not do: survive an answer that makes no sense (it would throw out of the socket's event and end
 * the process), bound the work that an answer asks for, and log in again without mixing that with other requests. So its
 * timer for that gets no time, and `link` takes a fresh connection.
 */
export function saslOptionsOf(
  { mechanism, username, password }: KafkaLogin,
  onSession: (lifetimeMs: number) => void,
): SASLOptions {
  return {
    mechanism: MECHANISMS[mechanism],
    authenticate(_mechanism, connection, ask, _username, _password, _token, callback) {
      const finish = (error: Error | null, answer?: saslAuthenticateV2.SaslAuthenticateResponse): void => {
        if (answer) onSession(Number(answer.sessionLifetimeMs));
        callback(error, answer && { ...answer, sessionLifetimeMs: 0n });
      };
      const guarded = guard(ask, (error) => finish(error));
      if (mechanism === 'plain') saslPlain.authenticate(guarded, connection, username, password, finish);
      else {
        const hash = mechanism === 'scram-sha-256' ? 'SHA-256' : 'SHA-512';
        saslScramSha.authenticate(guarded, connection, hash, username, password, BOUNDED, finish);
      }
    },
  };
}

type Ask = saslAuthenticateV2.SASLAuthenticationAPI;

/** What `next` throws at an answer goes to `onThrow`. */
const guard = (ask: Ask, onThrow: (error: Error) => void): Ask =>
  Object.assign(
    (...[connection, bytes, next]: Parameters<Ask>) =>
      ask(connection, bytes, (error, answer) => {
        try {
          next?.(error, answer);
        } catch {
          onThrow(new NonsenseError());
        }
      }),
    { async: ask.async, key: ask.key, version: ask.version },
  );

/** An answer to a login that is none. */
export class NonsenseError extends Error {
  constructor() {
    super('its answer to the login makes no sense');
    this.name = 'NonsenseError';
  }
}

const BOUNDED: typeof saslScramSha.defaultCrypto = {
  ...saslScramSha.defaultCrypto,
  async hi(definition, password, salt, iterations) {
    if (!(iterations <= ITERATIONS_MAX)) throw new NonsenseError();
    return saslScramSha.hi(definition, password, salt, iterations);
  },
};
