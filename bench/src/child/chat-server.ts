import { encodeStreamEvent } from '@secure-chat/wire/stream-events';
import { startFakeServer } from '../../../packages/client/test/fake-server.ts';
import { pick } from '../people.ts';
import { answerParent } from './answer-parent.ts';

/** The wire contract in memory: what the server takes of the machine is no part of what a terminal shows. */
export type ChatServerQuestion =
  /** Answered when this user reads the stream. */
  | { readonly ask: 'connected'; readonly username: string }
  /** From now on the presence of these changes, one after another, so many a second, for this reader; 0 for no more. */
  | {
      readonly ask: 'presence';
      readonly reader: string;
      readonly of: readonly string[];
      readonly perSecond: number;
    };

/** Milliseconds between two looks. */
const LOOK_MS = 5;

const server = await startFakeServer({ modern: true, streaming: true });
let changing: NodeJS.Timeout | undefined;
let changes = 0;

answerParent<ChatServerQuestion>({
  hello: { url: server.url },
  close: async () => {
    clearInterval(changing);
    await server.stop();
  },
  async answer(question) {
    if (question.ask === 'connected') {
      const { username } = question;
      await new Promise<void>((done) => {
        const look = setInterval(() => {
          if (server.openStreams(username) === 0) return;
          clearInterval(look);
          done();
        }, LOOK_MS);
      });
      return {};
    }
    const { reader, of, perSecond } = question;
    clearInterval(changing);
    if (perSecond > 0)
      changing = setInterval(() => {
        const username = pick(of, changes);
        const online = Math.floor(changes / of.length) % 2 === 0;
        changes += 1;
        server.push(reader, encodeStreamEvent('presence', { username, online }));
      }, 1000 / perSecond);
    return {};
  },
});
