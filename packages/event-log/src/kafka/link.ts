import { Connection, ResponseError } from '@platformatic/kafka';

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Milliseconds for TCP to connect: brokers are near. A stopped one accepts all the same; only a request's time-out shows it. */
const CONNECT_MS = 2_000;
/** Requests in flight on one connection: a broker answers in order, so more than one only wait behind one another. */
const IN_FLIGHT = 1;

/** A connection to one broker, made when it is first needed and again after it broke, or when its address is another. */
export interface Link {
  /**
   * Resolves to the answer as it came, errors of single partitions included. Rejects when the broker did not answer in time
   * or the connection broke: whether the question took effect is not known then.
   */
  ask<T>(question: (connection: Connection) => Promise<T>): Promise<T>;
  /** Gives up what is in flight. The next question connects again. */
  drop(): void;
}

/**
 * What the stock client does not do: any error in any partition makes its calls throw; the whole answer hangs on that error
 * and is what the others need. And after a time-out the late answer would be read as that of the next request, so a connection
 * that timed out is never used again. Without an `error` listener a reset by the peer would end the process.
 */
export function createLink(address: () => Address, requestMs: number): Link {
  let connection: Connection | undefined;
  let connectedTo: Address | undefined;
  let connecting: Promise<Connection> | undefined;

  async function connect(): Promise<Connection> {
    const { host, port } = address();
    connectedTo = { host, port };
    const fresh = new Connection('secure-chat', {
      connectTimeout: CONNECT_MS,
      requestTimeout: requestMs,
      maxInflights: IN_FLIGHT,
    });
    fresh.on('error', () => {});
    try {
      await fresh.connect(host, port);
    } catch (error) {
      fresh.socket?.destroy();
      throw error;
    }
    fresh.socket.setKeepAlive(true, 10_000);
    connection = fresh;
    return fresh;
  }

  async function connected(): Promise<Connection> {
    const { host, port } = address();
    // The coordinator of a group may move while the broker that it was lives on.
    if (connectedTo && (host !== connectedTo.host || port !== connectedTo.port)) connection?.socket.destroy();
    else if (connection?.isConnected()) return connection;
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  return {
    async ask(question) {
      const used = await connected();
      try {
        return await question(used);
      } catch (error) {
        if (error instanceof ResponseError) return error.response;
        used.socket.destroy();
        throw error;
      }
    },
    drop() {
      connection?.socket.destroy();
      connection = undefined;
    },
  };
}
