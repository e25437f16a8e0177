import type { ChatScreen } from '../src/ui/chat-view.ts';
import { EMPTY_LINE } from '../src/ui/line-editor.ts';
import { OPEN_PALETTE } from '../src/ui/palette.ts';
import type { ChatState, Contact, Message, OwnSession, SignInState } from '../src/ui/state.ts';

/** Tuesday 4 March 2025, 10:01 UTC. */
export const NOW = Date.UTC(2025, 2, 4, 10, 1);
const DAY = 86_400_000;
const MINUTE = 60_000;

export const contact = (username: string, part: Partial<Contact> = {}): Contact => ({
  username,
  online: true,
  unread: 0,
  protection: 'unknown',
  timer: 0,
  typing: false,
  request: false,
  notKept: 0,
  blocked: false,
  muted: false,
  pinned: false,
  note: '',
  last: null,
  ...part,
});

/** Of bob, who says hello, unless a part says otherwise. */
export const message = (part: Partial<Message> = {}): Message => ({
  id: 1,
  sender: 'bob',
  text: 'hello',
  at: NOW,
  state: 'received',
  legacy: false,
  answers: null,
  edited: false,
  deleted: false,
  reactions: [],
  count: 1,
  ...part,
});

export const NUMBER = {
  digits: '012345678901234567890123456789012345678901234567890123456789',
  words: Array.from({ length: 19 }, (_, index) => `word${index + 1}`),
  before: null,
};

export const ownSession = (part: Partial<OwnSession> = {}): OwnSession => ({
  id: 'session',
  client: 'secure-chat command line on macOS',
  openedAt: NOW - DAY,
  seenAt: NOW,
  isCurrent: false,
  ...part,
});

export const STRANGER = {
  server: 'https://chat.example',
  key: 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
};

/** What a view is given: only the conversation. */
export const chatScreen = (state: ChatState, part: Partial<ChatScreen> = {}): ChatScreen => ({
  state,
  line: EMPTY_LINE,
  scroll: null,
  unreadLine: null,
  picked: null,
  composing: null,
  help: null,
  overlay: null,
  palette: OPEN_PALETTE,
  vim: null,
  notice: state.notice,
  warningsSeen: [],
  ...part,
});

export const chatState = (part: Partial<ChatState> = {}): ChatState => ({
  username: 'alice',
  server: 'http://127.0.0.1:8000',
  connection: { kind: 'online' },
  contacts: [contact('bob'), contact('carol', { online: false, unread: 3 }), contact('dave')],
  selected: 'bob',
  messages: [
    message({ text: 'Shall we have lunch? The place at the corner has a new menu.', at: NOW - DAY }),
    message({ id: 2, sender: 'alice', text: 'Yes 👩🏽‍💻 日本!\nAt noon.', state: 'sent' }),
    message({ id: 3, text: '', at: NOW + MINUTE, state: 'undecryptable' }),
    message({ id: 4, sender: 'alice', text: 'cafe\u0301?', at: NOW + 2 * MINUTE, state: 'queued' }),
    message({
      id: 5,
      sender: 'alice',
      text: 'hm',
      at: NOW + 2 * MINUTE,
      state: 'failed',
      failure: 'bob is not known here.',
    }),
  ],
  hasOlder: false,
  hasNewer: false,
  draft: { text: '', of: null },
  notice: null,
  warnings: [],
  verification: null,
  search: null,
  sessions: null,
  answer: null,
  focus: null,
  newcomer: null,
  ...part,
});

export const signInState = (part: Partial<SignInState> = {}): SignInState => ({
  server: 'http://127.0.0.1:8000',
  username: 'alice',
  serverGiven: true,
  mode: 'sign-in',
  profiles: ['alice'],
  reason: null,
  progress: null,
  error: null,
  errorAt: null,
  serverCheck: null,
  stranger: null,
  leftover: null,
  ...part,
});
