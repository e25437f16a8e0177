import type { ChatClient } from '@secure-chat/client/chat-client';
import type { Intent } from '../ui/intents.ts';
import type { Notice, SessionsState } from '../ui/state.ts';
import { sentenceOf } from './sentence.ts';

/** What is done to the sessions of the account. */
export type SessionIntent = Extract<
  Intent,
  { kind: 'sessions' | 'close-sessions' | 'end-session' | 'end-other-sessions' }
>;

/** The list of sessions that is on the screen. */
export interface SessionList {
  handle(intent: SessionIntent): void;
  close(): void;
}

export interface SessionListOptions {
  readonly client: Pick<ChatClient, 'sessions' | 'endSession' | 'endOtherSessions'>;
  readonly show: (sessions: SessionsState | null) => void;
  readonly say: (kind: Notice['kind'], text: string) => void;
}

export const createSessionList = ({ client, show, say }: SessionListOptions): SessionList => {
  /** What was asked for last; what comes for an earlier one is dropped. */
  let asked: object | null = null;

  const close = (): void => {
    asked = null;
    show(null);
  };

  const ask = (): void => {
    const mine = {};
    asked = mine;
    client.sessions().then(
      (sessions) => {
        if (asked === mine) show({ sessions });
      },
      (error: unknown) => {
        if (asked !== mine) return;
        close();
        say('error', sentenceOf(error));
      },
    );
  };

  /** Also where it failed: the list says what is so. */
  const end = (work: Promise<void>, done: string): void => {
    const again = (): void => {
      if (asked !== null) ask();
    };
    work.then(
      () => {
        say('info', done);
        again();
      },
      (error: unknown) => {
        say('error', sentenceOf(error));
        again();
      },
    );
  };

  return {
    close,
    handle(intent) {
      switch (intent.kind) {
        case 'sessions':
          show({ sessions: null });
          ask();
          return;
        case 'close-sessions':
          close();
          return;
        case 'end-session':
          end(client.endSession(intent.id), 'The session is ended.');
          return;
        case 'end-other-sessions':
          end(client.endOtherSessions(), 'All other sessions are ended.');
      }
    },
  };
};
