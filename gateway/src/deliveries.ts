import type { ServerResponse } from 'node:http';
import type { MailboxKind } from '@secure-chat/wire/internal-api';

/**
 * Milliseconds that a turn lasts at most: less than the 5 s after which the client that waits gives up. A reader slower
 * than that may see its records again, on another connection.
 */
const TURN_MS = 4_000;

/**
 * A v1 poll counts as delivered when the client's socket took the whole answer. So polls of one mailbox go one after
 * another: the next begins when the one before is acknowledged, or has failed, or took too long.
 */
export interface Deliveries {
  /** Waits for its turn; the function that it resolves to ends the turn. */
  begin(username: string, mailbox: MailboxKind): Promise<() => void>;
}

export function createDeliveries(): Deliveries {
  const last = new Map<string, Promise<void>>();
  return {
    async begin(username, mailbox) {
      const name = `${mailbox}/${username}`;
      const before = last.get(name);
      let end = (): void => {};
      const turn = new Promise<void>((resolve) => {
        end = resolve;
      });
      last.set(name, turn);
      await before;
      const finish = (): void => {
        clearTimeout(timer);
        if (last.get(name) === turn) last.delete(name);
        end();
      };
      const timer = setTimeout(finish, TURN_MS).unref();
      return finish;
    },
  };
}

/**
 * Resolves to true once the answer's last byte was handed to the client's socket; to false when the connection ended
 * before. Call it before anything is sent: node says 'finish' of an answer to a socket that was reset, too, and the
 * response has let go of its socket by then.
 */
export const wasTaken = (response: ServerResponse): Promise<boolean> =>
  new Promise((resolve) => {
    const { socket } = response;
    if (socket === null || socket.destroyed || response.destroyed) {
      resolve(false);
      return;
    }
    response.once('finish', () => resolve(socket.errored === null));
    response.once('close', () => resolve(false));
  });
