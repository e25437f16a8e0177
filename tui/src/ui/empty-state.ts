import type { ChatState, Contact } from './state.ts';
import { requestsOf, unreadOf } from './unread-count.ts';

/** The bot that a server may have: somebody to talk to. */
const BOT = 'echo';

const WHAT_SAFE_MEANS =
  'If somebody is in between, your safety numbers differ.\nCompare them once, by phone or face to face: /verify.';

const toTheBot = (contacts: readonly Contact[]): string =>
  contacts.some(({ username, online }) => username === BOT && online)
    ? `Try it: type /contact ${BOT} and press Enter. ${BOT} is a bot of this server that answers with what you write.\n\n`
    : '';

const welcome = (folder: string, { username, contacts }: ChatState): string =>
  `Welcome, ${username}.\n\n${toTheBot(contacts)}Everybody on this server is a contact: Tab goes to the next one, /contact NAME to anybody.\n\n${WHAT_SAFE_MEANS}\n\nYour account lives in ${folder}: keep a copy, no password alone brings it back.`;

const UNREAD = 'There are messages that you have not read: Tab goes to them.';

const REQUESTS =
  'Somebody who is no contact of yours has written: Tab goes there. Nothing tells them that you have looked.';

const NOBODY_YET =
  'No one here yet.\n\nWhoever registers on this server appears here by itself. You can also type /contact NAME.';

const NOBODY_OFFLINE =
  'No contacts are known yet, and the server is away: they appear as soon as it is back. Nothing else is to be done, but to look whether it runs.';

/** What stands in place of a conversation without messages: what to do. Null where there are some. */
export const emptyText = (state: ChatState): string | null => {
  const { contacts, selected, messages, connection, newcomer } = state;
  if (selected === null) {
    if (newcomer !== null) return welcome(newcomer, state);
    if (unreadOf(contacts) > 0) return UNREAD;
    if (requestsOf(contacts) > 0) return REQUESTS;
    if (contacts.length > 0) return 'Pick a contact: Tab goes to the next one, /contact NAME to anybody.';
    return connection.kind === 'offline' ? NOBODY_OFFLINE : NOBODY_YET;
  }
  if (messages.length > 0) return null;
  const first = `No messages with ${selected} yet.\n\nType one below and press Enter.`;
  return selected === BOT
    ? `${first}\n\nA bot of the server answers with the same words. Tell it no secrets.`
    : first;
};
