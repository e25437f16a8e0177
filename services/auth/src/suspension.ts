import { foldName } from '@secure-chat/wire/names';
import type { Accounts } from './accounts.ts';
import type { InTurn } from './in-turn.ts';
import type { Sessions } from './sessions.ts';

export interface SuspensionParts {
  readonly accounts: Pick<Accounts, 'suspend' | 'suspendedWithSessions'>;
  readonly sessions: Pick<Sessions, 'closeAllOf'>;
  readonly inTurn: InTurn;
  readonly clock: () => number;
}

/** Keeps accounts out for a while: nothing of them is lost, and what is sent to them waits. Both are false for who is not there. */
export interface Suspension {
  /** Resolves when nobody can sign in, and all sessions are over. */
  suspend(username: string): Promise<boolean>;
  resume(username: string): Promise<boolean>;
  /** Ends the sessions that a crash has left. */
  finish(): Promise<void>;
}

export const createSuspension = ({ accounts, sessions, inTurn, clock }: SuspensionParts): Suspension => ({
  suspend: (username) =>
    inTurn(foldName(username), async () => {
      const isThere = await accounts.suspend(username, clock());
      if (isThere) await sessions.closeAllOf(username);
      return isThere;
    }),
  resume: (username) => inTurn(foldName(username), () => accounts.suspend(username, null)),
  async finish() {
    for (const username of await accounts.suspendedWithSessions()) await sessions.closeAllOf(username);
  },
});
