import type { ChatClient, Contact, Message } from '@secure-chat/client/chat-client';
import type { Command, Input, Session } from '../command.ts';
import { CliError, EXIT, offlineError, usageError } from '../exit-codes.ts';
import { after, inOrder, newest, unread } from '../history.ts';
import { isOwn, jsonLine, textLine } from '../message-lines.ts';

/** Messages that `--history` gives at most: more is what export is for. */
const HISTORY_MAX = 100_000;

interface Wanted {
  /** Null for every conversation. */
  readonly name: string | null;
  readonly since: number | null;
  readonly history: number;
  /** Whether whoever writes first becomes a contact. */
  readonly accept: boolean;
  readonly toLine: (message: Message) => string;
}

export const TAIL: Command = {
  name: 'tail',
  operands: '[NAME]',
  count: [0, 1],
  summary: 'writes what is unread, then what arrives, one message a line',
  details: [
    'Of all conversations, or of the one with NAME. What was written counts as read. It ends by SIGINT, SIGTERM, or when',
    'nobody reads any more, with exit code 0. Who wrote first and is no contact is marked as a request, and told nothing.',
  ],
  options: [
    { name: 'json', help: 'JSON lines: docs/cli.md says what is in them' },
    { name: 'history', value: 'N', help: 'begins with the newest N messages, your own too' },
    {
      name: 'since',
      value: 'ID',
      help: 'begins with what stands behind the message of this id, your own too',
    },
    { name: 'accept', help: 'takes everybody who writes first as a contact, as a bot does' },
    { name: 'once', help: 'ends when everything that has waited is written' },
  ],
  account: 'known',
  online: false,
  follows: true,
  seconds: () => null,
  readsStdin: () => false,
  prepare(input) {
    const wanted = wantedBy(input);
    const once = input.flag('once');
    return (session) => (once ? writeOnce(session, wanted) : follow(session, wanted));
  },
};

function wantedBy(input: Input): Wanted {
  const since = input.number('since', 0, Number.MAX_SAFE_INTEGER);
  const history = input.number('history', 0, HISTORY_MAX);
  if (since !== null && history !== null) throw usageError('Give --since or --history, not both.');
  return {
    name: input.operands[0] ?? null,
    since,
    history: history ?? 0,
    accept: input.flag('accept'),
    toLine: input.flag('json') ? jsonLine : textLine,
  };
}

/** The contacts that are listened to. Throws ClientError: bad_name, unknown_user, offline. */
async function listenedTo({ client }: Session, name: string | null): Promise<(contact: string) => boolean> {
  if (name === null) return () => true;
  const { username } = await client.addContact(name);
  return (contact) => contact === username;
}

function standing(client: ChatClient, contacts: readonly Contact[], { since, history }: Wanted): Message[] {
  const earlier = contacts.flatMap(({ username }) =>
    since === null ? newest(client, username, history) : after(client, username, since),
  );
  const chosen = since === null && history > 0 ? inOrder(earlier).slice(-history) : earlier;
  return inOrder([...chosen, ...contacts.flatMap((contact) => unread(client, contact))]);
}

async function writeOnce(session: Session, wanted: Wanted): Promise<void> {
  const { client } = session;
  const state = client.state();
  if (state.kind === 'offline') throw offlineError(state);
  const listens = await listenedTo(session, wanted.name);
  const contacts = client.contacts().filter(({ username }) => listens(username));
  const writer = createWriter(session, wanted);
  writer.add(standing(client, contacts, wanted));
  await writer.idle();
}

/** Until the command is ended from outside. */
async function follow(session: Session, wanted: Wanted): Promise<void> {
  const { client, say } = session;
  const listens = await listenedTo(session, wanted.name);
  const writer = createWriter(session, wanted);
  const contacts = client.contacts().filter(({ username }) => listens(username));
  writer.add(standing(client, contacts, wanted));
  let wasOffline = false;
  const sayState = (): void => {
    const state = client.state();
    if (state.kind === 'offline' && !wasOffline) say(`offline: ${state.reason} It is tried again.`);
    if (state.kind === 'online' && wasOffline) say('online again.');
    if (state.kind !== 'connecting') wasOffline = state.kind === 'offline';
  };
  sayState();
  let warned = new Set(client.warnings());
  await new Promise<never>((_, fail) => {
    client.on((event) => {
      if (event.kind === 'ended') fail(new CliError(EXIT.signIn, event.reason));
      if (event.kind === 'state') sayState();
      if (event.kind === 'message' && !isOwn(event.message) && listens(event.message.contact))
        writer.add([event.message]);
      if (event.kind === 'warnings') {
        for (const warning of client.warnings()) if (!warned.has(warning)) say(`warning: ${warning}`);
        warned = new Set(client.warnings());
      }
    });
  });
}

interface Writer {
  add(messages: readonly Message[]): void;
  /** Resolves when all that was added is written. */
  idle(): Promise<void>;
}

/** Writes in order; what is written, with nothing behind it that is not, counts as read. */
function createWriter({ client, out, ending }: Session, { accept, toLine }: Wanted): Writer {
  let writing: Promise<void> = Promise.resolve();
  const accepted = new Set<string>();
  /** Of each contact, messages that are not written yet. */
  const waiting = new Map<string, number>();

  async function write(message: Message): Promise<void> {
    const { contact } = message;
    await out.line(toLine(message));
    if (ending.aborted) return;
    if (accept && message.request && !accepted.has(contact)) {
      accepted.add(contact);
      client.acceptRequest(contact);
    }
    const left = (waiting.get(contact) ?? 1) - 1;
    if (left > 0) waiting.set(contact, left);
    else {
      waiting.delete(contact);
      client.markRead(contact);
    }
  }

  return {
    add(messages) {
      for (const message of messages) {
        waiting.set(message.contact, (waiting.get(message.contact) ?? 0) + 1);
        writing = writing.then(() => write(message));
      }
    },
    idle: () => writing,
  };
}
