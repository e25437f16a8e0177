import type { Contact } from '@secure-chat/client/chat-client';
import { sanitise } from '@secure-chat/terminal-text/sanitise';
import { type Command, ONCE } from '../command.ts';
import { toJsonLine } from '../message-lines.ts';

export const CONTACTS: Command = {
  name: 'contacts',
  operands: '',
  count: [0, 0],
  summary: 'lists the users of the server and your contacts, one a line',
  details: [
    'Four columns, separated by tabs: name, online or offline, unread messages, how messages are protected;',
    'a fifth says request of somebody who wrote first: accept and decline decide about it.',
  ],
  options: [{ name: 'json', help: 'JSON lines instead' }],
  ...ONCE,
  online: true,
  prepare(input) {
    const toLine = input.flag('json') ? jsonOf : textOf;
    return async ({ client, out }) => {
      for (const contact of client.contacts()) await out.line(toLine(contact));
    };
  },
};

const textOf = ({ username, online, unread, protection, request }: Contact): string => {
  const columns = [sanitise(username), online ? 'online' : 'offline', unread, protection];
  return [...columns, ...(request ? ['request'] : [])].join('\t');
};

const jsonOf = (contact: Contact): string => {
  const {
    username,
    online,
    unread,
    lastMessageAt,
    protection,
    timer,
    blocked,
    muted,
    pinned,
    note,
    request,
    notKept,
  } = contact;
  return toJsonLine({
    username,
    online,
    unread,
    lastMessageAt: lastMessageAt === null ? null : new Date(lastMessageAt).toISOString(),
    protection,
    timer,
    request,
    notKept,
    blocked,
    muted,
    pinned,
    note,
  });
};
