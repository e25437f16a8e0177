import { type Connection, ResponseError } from '@platformatic/kafka';
import type { Address, Dial, Dialled } from './dial.ts';

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

interface Held extends Dialled {
  /** Questions without an answer yet. */
  asking: number;
}

/**
 * What the stock client does not do: any error in any partition makes its calls throw; the whole answer hangs on that error
 * and is what the others need. And after a time-out the late answer would be read as that of the next request, so a connection
 * that timed out is never used again. Nor is one whose login ends soon: what is asked of it is still answered.
 */
export function createLink(
  address: () => Address,
  requestMs: number,
  dial: Dial,
  now: () => number = () => performance.now(),
): Link {
  let held: Held | undefined;
  let connectedTo: Address | undefined;
  let connecting: Promise<Held> | undefined;

  async function connect(): Promise<Held> {
    const { host, port } = address();
    connectedTo = { host, port };
    held = { ...(await dial({ host, port }, requestMs)), asking: 0 };
    return held;
  }

  /** The connection that can be asked; undefined when one has to be made. */
  function current(): Held | undefined {
    const { host, port } = address();
    // The coordinator of a group may move while the broker that it was lives on.
    if (connectedTo && (host !== connectedTo.host || port !== connectedTo.port)) {
      held?.connection.socket.destroy();
      held = undefined;
    }
    if (!held?.connection.isConnected()) return undefined;
    if (now() < held.renewAt) return held;
    const old = held;
    held = undefined;
    if (old.asking === 0) old.connection.socket.destroy();
    return undefined;
  }

  async function connected(): Promise<Held> {
    connecting ??= connect().finally(() => {
      connecting = undefined;
    });
    return connecting;
  }

  return {
    async ask(question) {
      const used = current() ?? (await connected());
      used.asking += 1;
      try {
        const answer = await question(used.connection);
        used.answered();
        return answer;
      } catch (error) {
        if (error instanceof ResponseError) return error.response;
        used.connection.socket.destroy();
        throw used.failed(error);
      } finally {
        used.asking -= 1;
        if (used !== held && used.asking === 0) used.connection.socket.destroy();
      }
    },
    drop() {
      held?.connection.socket.destroy();
      held = undefined;
    },
  };
}
