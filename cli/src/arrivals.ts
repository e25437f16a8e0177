import type { ChatClient, Message } from '@secure-chat/client/chat-client';
import { CliError, EXIT } from './exit-codes.ts';

/** How far a message has to come: to the server, or to the contact's client by its own word. */
export type Goal = 'sent' | 'delivered';

/** Sends, and knows when what was sent has come as far as wanted. */
export interface Arrivals {
  /** Resolves when it is there. `leftMs`: how long that may take, null for all of the time. Throws ClientError as `send` of the client, CliError: failed, identity, timeout. */
  send(contact: string, text: string, leftMs: number | null): Promise<Message>;
  close(): void;
}

const REACHED: Readonly<Record<Goal, ReadonlySet<Message['state']>>> = {
  sent: new Set(['sent', 'delivered', 'read']),
  delivered: new Set(['delivered', 'read']),
};

interface Waiting {
  readonly timer: NodeJS.Timeout;
  last: Message;
  readonly arrive: (message: Message) => void;
  readonly fail: (error: CliError) => void;
}

/** `timeout`: seconds that a message may take. */
export function createArrivals(client: ChatClient, goal: Goal, timeout: number): Arrivals {
  const waiting = new Map<number, Waiting>();

  function settle(id: number): Waiting | undefined {
    const found = waiting.get(id);
    if (found) clearTimeout(found.timer);
    waiting.delete(id);
    return found;
  }

  function look(message: Message): void {
    const { id, state, contact, failure, legacy } = message;
    const found = waiting.get(id);
    if (!found) return;
    found.last = message;
    if (REACHED[goal].has(state)) settle(id)?.arrive(message);
    else if (state === 'failed')
      settle(id)?.fail(new CliError(EXIT.failed, failure ?? `The message to ${contact} was not sent.`));
    else if (state === 'sent' && legacy) settle(id)?.fail(neverTold(contact));
  }

  /** Most warnings are of an identity that has changed: nothing goes to it. */
  function lookAtIdentities(): void {
    const changed = new Set(
      client.contacts().flatMap(({ protection, username }) => (protection === 'changed' ? [username] : [])),
    );
    for (const [id, { last }] of waiting)
      if (last.state === 'queued' && changed.has(last.contact))
        settle(id)?.fail(changedIdentity(last.contact));
  }

  const unsubscribe = client.on((event) => {
    if (event.kind === 'message') look(event.message);
    if (event.kind === 'warnings') lookAtIdentities();
  });

  return {
    send(contact, text, leftMs) {
      const message = client.send(contact, text);
      return new Promise((arrive, fail) => {
        const timer = setTimeout(
          () => {
            const late = settle(message.id);
            if (late) fail(timedOut(late.last, timeout));
          },
          leftMs ?? timeout * 1_000,
        );
        waiting.set(message.id, { timer, last: message, arrive, fail });
      });
    },
    close() {
      unsubscribe();
      for (const id of [...waiting.keys()]) settle(id);
    },
  };
}

function timedOut({ state, contact, waiting }: Message, timeout: number): CliError {
  const within = `within ${timeout} s`;
  return new CliError(
    EXIT.timeout,
    state === 'queued'
      ? `${waiting ?? `The server did not take the message to ${contact} ${within}.`} It waits in the profile, and goes out with the next command that reaches the server. Do not send it again.`
      : `The server has the message, but the client of ${contact} has not said ${within} that it is there: it comes when ${contact} is online. Do not send it again.`,
  );
}

/** Also for a message that was not sent yet. */
export const neverTold = (contact: string): CliError =>
  new CliError(
    EXIT.failed,
    `The client of ${contact} knows only the old protocol, and never says what has arrived: send without --delivered.`,
  );

export const changedIdentity = (contact: string): CliError =>
  new CliError(
    EXIT.identity,
    `The identity of ${contact} has changed: ${contact} has a new profile, or somebody is in between. Nothing is sent before you have compared the new number: chat verify ${contact}.`,
  );
