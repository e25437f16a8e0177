import { type Arrivals, changedIdentity, createArrivals, type Goal, neverTold } from '../arrivals.ts';
import type { Command, Input, Session } from '../command.ts';
import { usageError } from '../exit-codes.ts';
import { readLines, readText } from '../input-text.ts';

/** Seconds. */
const TIMEOUT = 30;
/** Seconds: a day. */
const TIMEOUT_MAX = 86_400;
/** Lines that wait to arrive before further ones are read: what a pipe holds is not all taken in. */
const PENDING_MAX = 64;

export const SEND: Command = {
  name: 'send',
  operands: 'NAME [TEXT]',
  count: [1, 2],
  tooMany: 'A TEXT with blanks goes in quotes, or by stdin.',
  summary: 'sends a message, and waits until the server has it',
  details: ['Without TEXT all of stdin is the message. What could not be sent in time waits in the profile.'],
  options: [
    { name: 'lines', help: 'each line of stdin is a message, as soon as it comes' },
    { name: 'delivered', help: "waits until the contact's client has stored it" },
    {
      name: 'timeout',
      value: 'SECONDS',
      help: `how long it may take (default ${TIMEOUT}); with --lines signing in, then each message`,
    },
  ],
  account: 'known',
  online: true,
  follows: false,
  seconds: timeoutOf,
  readsStdin: ({ operands }) => operands.length < 2,
  prepare(input) {
    const [name = '', text] = input.operands;
    const lines = input.flag('lines');
    const goal: Goal = input.flag('delivered') ? 'delivered' : 'sent';
    const timeout = timeoutOf(input);
    if (lines && text !== undefined) throw usageError('--lines reads stdin: leave TEXT out.');
    return async (session) => {
      const contact = await session.limit.within(reachable(session, name, goal));
      const arrivals = createArrivals(session.client, goal, timeout);
      try {
        await (lines ? sendLines(session, arrivals, contact) : sendOne(session, arrivals, contact, text));
      } finally {
        arrivals.close();
      }
    };
  },
};

function timeoutOf(input: Input): number {
  return input.number('timeout', 1, TIMEOUT_MAX) ?? TIMEOUT;
}

/** The contact's name as the server spells it, once it is clear that messages can reach it. */
async function reachable({ client }: Session, name: string, goal: Goal): Promise<string> {
  const { username, protection } = await client.addContact(name);
  if (protection === 'changed') throw changedIdentity(username);
  if (protection === 'legacy' && goal === 'delivered') throw neverTold(username);
  return username;
}

async function sendOne(
  { stdin, say, limit }: Session,
  arrivals: Arrivals,
  contact: string,
  given: string | undefined,
): Promise<void> {
  if (given === undefined && stdin.isTTY) say('Type the message, then Ctrl-D on a line of its own.');
  const text = given ?? (await readText(stdin));
  const { legacy } = await arrivals.send(contact, text, limit.left());
  if (legacy) say(`The client of ${contact} knows only the old protocol: the message went unauthenticated.`);
}

/** Ends with the first one that fails. */
async function sendLines({ stdin }: Session, arrivals: Arrivals, contact: string): Promise<void> {
  const pending = new Set<Promise<void>>();
  const failing = new AbortController();
  const failed = new Promise<never>((_, fail) => {
    failing.signal.addEventListener('abort', () => fail(failing.signal.reason), { once: true });
  });
  const send = async (): Promise<void> => {
    for await (const line of readLines(stdin)) {
      if (failing.signal.aborted) return;
      const arriving: Promise<void> = arrivals
        .send(contact, line, null)
        .then(
          () => undefined,
          (error: unknown) => failing.abort(error),
        )
        .finally(() => pending.delete(arriving));
      pending.add(arriving);
      while (pending.size >= PENDING_MAX) await Promise.race(pending);
    }
    await Promise.all(pending);
  };
  await Promise.race([send(), failed]);
}
