import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makePrivateKey } from '@secure-chat/client/account';
import { type ChatClient, createAccount, signIn } from '@secure-chat/client/chat-client';
import { createArrivals } from '../delivery/arrivals.ts';
import { type Pace, paced } from '../paced.ts';
import { pick } from '../people.ts';
import { nowMs, stampedMessage } from '../stamp.ts';
import { answerParent } from './answer-parent.ts';

/** Whole clients without a terminal: everything that the product's client does, to the store on the disk. */
export type ClientsQuestion =
  /** Accounts of these names, connected when that is answered. */
  | { readonly ask: 'enter'; readonly usernames: readonly string[] }
  /** Messages at a pace, each pair's first to its second in turn; answered when the server's log has all of them. */
  | { readonly ask: 'send'; readonly pairs: readonly Pair[]; readonly pace: Pace }
  /** Answered when so many messages were shown. */
  | { readonly ask: 'shown'; readonly count: number }
  /** A client goes; its session stays. */
  | { readonly ask: 'leave'; readonly username: string }
  /** It comes back; answered when so many messages are shown that it has not seen. */
  | { readonly ask: 'return'; readonly username: string; readonly count: number };

export type Pair = readonly [sender: string, recipient: string];

/** Milliseconds between two looks for what a client has not seen. */
const LOOK_MS = 20;
const PASSWORD = 'a password of the bench';

const [server = '', folder = ''] = process.argv.slice(2);
const clients = new Map<string, ChatClient>();
const shown = createArrivals();
const sent = createArrivals();
/** Messages, by their sender and number, that the server's log does not have for all that is known here. */
const unsent = new Set<string>();
/** One for all: to make one takes half a second, and RSA has no part in what is measured. The password's cost has none either. */
const privateKey = await makePrivateKey();
const conditions = {
  makePrivateKey: async () => privateKey,
  kdfCost: { memoryKib: 8, passes: 1, lanes: 1 },
};
const accountOf = (username: string) => ({
  server,
  profile: join(folder, username),
  username,
  password: PASSWORD,
  requests: 'accept' as const,
});

function keep(username: string, client: ChatClient): void {
  clients.set(username, client);
  client.on((event) => {
    if (event.kind !== 'message') return;
    const { id, text, state } = event.message;
    if (state === 'received') shown.add(text);
    // A receipt may overtake the answer: then it is delivered at once.
    if (state !== 'queued' && unsent.delete(`${username} ${id}`)) sent.add(text);
  });
}

function clientOf(username: string): ChatClient {
  const client = clients.get(username);
  if (!client) throw new Error(`${username} is not here`);
  return client;
}

const unseen = (client: ChatClient): number => client.contacts().reduce((sum, { unread }) => sum + unread, 0);

answerParent<ClientsQuestion>({
  hello: {},
  close: () => Promise.all([...clients.values()].map((client) => client.close())),
  async answer(question) {
    switch (question.ask) {
      case 'enter':
        for (const username of question.usernames)
          keep(username, await createAccount(accountOf(username), conditions));
        return {};
      case 'send': {
        const { pairs, pace } = question;
        const lateMs = await paced(pace, async (turn) => {
          const [sender, recipient] = pick(pairs, turn);
          const { id } = clientOf(sender).send(recipient, stampedMessage());
          unsent.add(`${sender} ${id}`);
        });
        return { lateMs, ...(await sent.take(pace.count)) };
      }
      case 'shown':
        return shown.take(question.count);
      case 'leave': {
        const client = clientOf(question.username);
        for (const contact of client.contacts()) client.markRead(contact.username);
        await client.close();
        clients.delete(question.username);
        return {};
      }
      case 'return': {
        const startedAt = nowMs();
        const client = await signIn(accountOf(question.username), conditions);
        keep(question.username, client);
        while (unseen(client) < question.count) await sleep(LOOK_MS);
        return { startedAt, shownAt: nowMs() };
      }
    }
  },
});
