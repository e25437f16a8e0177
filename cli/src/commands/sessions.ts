import type { OwnSession } from '@secure-chat/client/chat-client';
import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { type Command, ONCE, type Session } from '../command.ts';
import { usageError } from '../exit-codes.ts';
import { toJsonLine } from '../message-lines.ts';

export const SESSIONS: Command = {
  name: 'sessions',
  operands: '[end ID|others]',
  count: [0, 2],
  summary: 'lists where you are signed in, one a line, and ends sessions',
  details: [
    'Five columns, separated by tabs: id, this for this command itself, opened, last used (to the minute), what its program',
    'calls itself. end ID ends one of them, end others all but that of this command: what runs there has to sign in again.',
  ],
  options: [{ name: 'json', help: 'JSON lines instead' }],
  ...ONCE,
  online: true,
  prepare(input) {
    const [verb, which] = input.operands;
    if (verb !== undefined && (verb !== 'end' || which === undefined))
      throw usageError('Usage: chat sessions, or chat sessions end ID, or chat sessions end others.');
    const toLine = input.flag('json') ? jsonOf : textOf;
    return (session) => (which === undefined ? list(session, toLine) : end(session, which));
  },
};

async function list({ client, out }: Session, toLine: (session: OwnSession) => string): Promise<void> {
  for (const session of await client.sessions()) await out.line(toLine(session));
}

async function end({ client, say }: Session, which: string): Promise<void> {
  await (which === 'others' ? client.endOtherSessions() : client.endSession(which));
  say(which === 'others' ? 'All other sessions are ended.' : 'The session is ended.');
}

const time = (at: number): string => new Date(at).toISOString();

/** No program can put a column of its own into it. */
const textOf = ({ id, client, openedAt, seenAt, isCurrent }: OwnSession): string =>
  [id, isCurrent ? 'this' : '', time(openedAt), time(seenAt), sanitise(client)].join('\t');

const jsonOf = ({ id, client, openedAt, seenAt, isCurrent }: OwnSession): string =>
  toJsonLine({ id, client, openedAt: time(openedAt), seenAt: time(seenAt), current: isCurrent });
