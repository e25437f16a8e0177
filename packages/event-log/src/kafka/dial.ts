import { isIP } from 'node:net';
import { Connection } from '@platformatic/kafka';
import type { Logger } from '../logger.ts';
import { BrokerRefusal, refusalIn, rootOf } from './refusal.ts';
import { saslOptionsOf } from './sasl.ts';
import { type KafkaSecurity, tlsOptionsOf } from './security.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds to connect, TLS and login included: brokers are near. A stopped one accepts TCP all the same; only a request's time-out shows it. */
const CONNECT_MS = 2_000;
/** Requests in flight on one connection: a broker answers in order, so more than one only wait behind one another. */
const IN_FLIGHT = 1;
/** Milliseconds for which a broker that refused is left alone: some wrong logins a minute lock no account and fill no log. */
const HELD_MS = 5_000;
/** Of the time that a login lasts. Brokers end a connection that asks anything after it; Kafka's own clients begin anew at 0.85. */
const LIFE = 0.8;
/** First byte of a TLS alert; an answer begins with its length, which is not that large. */
const ALERT = 0x15;

/** A connection, which nobody has asked anything yet. */
export interface Dialled {
  readonly connection: Connection;
  /** Milliseconds of `now` from which on it is not to be asked any more. */
  readonly renewAt: number;
  /** It answered a question: whatever was wrong with this broker is over. */
  answered(): void;
  /** A question failed on it with this error. Returns what is to be thrown. */
  failed(error: unknown): unknown;
}

/** Connects, with TLS and login as the settings say. Rejects with `BrokerRefusal` for what only other settings mend. */
export type Dial = (address: Address, requestMs: number) => Promise<Dialled>;

/**
 * A refusal is logged once for each broker, and thrown again without another attempt for a while. `now`: milliseconds,
 * monotonic.
 */
export function createDial(
  security: KafkaSecurity,
  logger: Pick<Logger, 'error'>,
  now: () => number = () => performance.now(),
): Dial {
  const refusals = new Map<string, { readonly refusal: BrokerRefusal; readonly until: number }>();

  function refuse(name: string, reason: string, cause: unknown): BrokerRefusal {
    const refusal = new BrokerRefusal(`broker ${name} ${reason}`, { cause });
    if (!refusals.has(name)) logger.error({ broker: name, reason }, 'a broker cannot be used as things are');
    refusals.set(name, { refusal, until: now() + HELD_MS });
    return refusal;
  }

  return async ({ host, port }, requestMs) => {
    const name = `${host}:${port}`;
    const known = refusals.get(name);
    if (known && now() < known.until) throw known.refusal;
    let lifetimeMs = 0;
    let trouble: unknown;
    let speaksTls = false;
    let isConnected = false;
    let hasAnswered = false;

    const connection = new Connection('secure-chat', {
      connectTimeout: CONNECT_MS,
      requestTimeout: requestMs,
      maxInflights: IN_FLIGHT,
      // A name is sent along (SNI), an address may not be; the certificate has to have it either way.
      ...(security.tls && { tls: tlsOptionsOf(security.tls), tlsServerName: isIP(host) === 0 }),
      ...(security.login && {
        sasl: saslOptionsOf(security.login, (ms) => {
          lifetimeMs = ms;
        }),
      }),
    });
    // Without a listener a reset by the peer would end the process.
    connection.on('error', (error) => {
      trouble = error;
    });

    function failed(error: unknown): unknown {
      if (speaksTls) return refuse(name, 'speaks TLS: see KAFKA_TLS', error);
      const reason = refusalIn(error) ?? refusalIn(trouble);
      if (reason !== null) return refuse(name, reason, error);
      const root = rootOf(error);
      const said = root instanceof Error ? root.message : String(root);
      const unwelcome = isConnected && !hasAnswered && !security.login;
      const hint = unwelcome ? ' before it answered; it may want a login: see KAFKA_SASL' : '';
      return new Error(`broker ${name}: ${said}${hint}`, { cause: error });
    }

    const begun = now();
    try {
      const connecting = connection.connect(host, port);
      if (!security.tls)
        connection.socket.once('data', (bytes) => {
          speaksTls = bytes[0] === ALERT;
        });
      await connecting;
    } catch (error) {
      connection.socket?.destroy();
      throw failed(error);
    }
    connection.socket.setKeepAlive(true, 10_000);
    isConnected = true;
    return {
      connection,
      renewAt: lifetimeMs > 0 ? begun + lifetimeMs * LIFE : Number.POSITIVE_INFINITY,
      answered() {
        hasAnswered = true;
        refusals.delete(name);
      },
      failed,
    };
  };
}
