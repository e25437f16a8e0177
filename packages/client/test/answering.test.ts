import { expect, it } from 'vitest';
import { answerEach } from '../src/answering.ts';
import type { ChatClient, Message } from '../src/chat-client.ts';
import { ClientError } from '../src/client-error.ts';

const message = (id: number, part: Partial<Message> = {}): Message => ({
  id,
  contact: 'bob',
  sender: 'bob',
  at: 0,
  text: `text ${id}`,
  state: 'received',
  legacy: false,
  request: false,
  count: 1,
  answers: null,
  edited: false,
  deleted: false,
  reactions: [],
  ...part,
});

/** A client with a message that has waited, and what was done with it. */
function clientWith(waiting: readonly Message[]) {
  const done: string[] = [];
  let listener: Parameters<ChatClient['on']>[0] = () => undefined;
  const client = {
    on: (given: Parameters<ChatClient['on']>[0]) => {
      listener = given;
      return () => undefined;
    },
    contacts: () => [{ username: 'bob', unread: waiting.length }],
    messages: () => [...waiting],
    markRead: (contact: string) => void done.push(`read ${contact}`),
  };
  const tell = (told: Message): void => void listener({ kind: 'message', message: told });
  return { client, done, tell };
}

it('what has waited and what comes is answered once, then read', () => {
  const { client, done, tell } = clientWith([message(1)]);
  answerEach(client, ({ text }) => void done.push(text));
  tell(message(2));
  tell(message(1, { edited: true }));
  tell(message(3, { state: 'sent', sender: 'echo' }));
  expect(done).toEqual(['text 1', 'read bob', 'text 2', 'read bob']);
});

it('an answer that is refused is passed over; any other error is thrown', () => {
  const { client, done, tell } = clientWith([]);
  const errors = [new ClientError('identity_changed', 'Compare it.'), new RangeError('mine')];
  answerEach(client, ({ id }) => {
    const error = errors[id];
    if (error) throw error;
  });
  tell(message(0));
  expect(done).toEqual(['read bob']);
  expect(() => tell(message(1))).toThrow('mine');
});
